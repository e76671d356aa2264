package import LarkiveCore

/// A record that says under which key the log goes on.
package struct KeyChange: Hashable, Sendable {
    package enum Kind: Sendable {
        /// The former key has signed this record, so that whoever trusts it can trust the new one.
        case rotated
        /// Nobody vouches for the new key but the archive itself.
        case restarted
    }

    package let kind: Kind
    package let seq: Int64
    package let time: Timestamp
    /// The key that signs from here on.
    package let key: VerifierKey
    /// What was the last that had been signed, as far as it was known at a restart.
    package let former: Former?

    package struct Former: Hashable, Sendable {
        package let size: Int64
        /// Nil when only the manifest knew of so many.
        package let root: ContentDigest?
        /// The key that says so, where the log does not know it: nothing here vouches for that note.
        package let unknownKey: Int64?

        init(size: Int64, root: ContentDigest?, unknownKey: Int64? = nil) {
            (self.size, self.root, self.unknownKey) = (size, root, unknownKey)
        }
    }

    /// Nil for a record of another type, and for one that names no key.
    package init?(_ record: AuditRecord) {
        switch record.event.type {
        case .keyRotated: kind = .rotated
        case .logRestarted: kind = .restarted
        default: return nil
        }
        let fields = record.event.record
        guard let key = fields["key"]?.string.flatMap({ VerifierKey($0) }) else { return nil }
        self.key = key
        (seq, time) = (record.seq, record.time)
        former = fields["former_size"]?.integer.map { size in
            let root = fields["former_root"]?.string.flatMap { ContentDigest(hex: $0) }
            return Former(
                size: size,
                root: root,
                unknownKey: fields["former_origin"]?.integer
            )
        }
    }

    static func rotated(to key: VerifierKey, hidden: JSONObject) -> AuditEvent {
        AuditEvent(
            .keyRotated,
            ["key": .string(key.description), "origin": .integer(key.originNumber)],
            hidden: hidden
        )
    }

    static func restarted(
        with key: VerifierKey,
        former: Former?,
        hidden: JSONObject
    ) -> AuditEvent {
        AuditEvent(
            .logRestarted,
            [
                "key": .string(key.description), "origin": .integer(key.originNumber),
                "former_size": former.map { .integer($0.size) },
                "former_root": former?.root.map { .string($0.hex) },
                "former_origin": former?.unknownKey.map(JSON.integer),
            ],
            hidden: hidden
        )
    }

    /// Records that had been signed and were not there any more; empty when nothing was cut off.
    package var cut: Range<Int64> { seq..<max(seq, former?.size ?? seq) }

    static func words(ofCut cut: Range<Int64>) -> String {
        cut.count == 1
            ? "record \(cut.lowerBound) is cut off"
            : "records \(cut.lowerBound) to \(cut.upperBound - 1) are cut off"
    }

    /// What a restart means, in words.
    package var words: String {
        guard let former else {
            return "the log was restarted with a new key at record \(seq), \(time); "
                + "what had been signed before is not known"
        }
        let unknown = former.unknownKey.map {
            ", as a copied note of key \($0) says, which this log does not know"
        }
        let had = "\(former.size) records had been signed" + (unknown ?? "")
        let lost =
            cut.isEmpty
            ? "all of them are here"
            : "\(seq) were here: \(Self.words(ofCut: cut))"
        return "the log was restarted with a new key at record \(seq), \(time); \(had), \(lost)"
    }
}
