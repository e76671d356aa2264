internal import FoundationEssentials
internal import GRDB
package import LarkiveCore

extension SQLiteManifest {
    /// When the object that has gone longest without being read was last known to be good: when it
    /// was stored, or when it was read.
    ///
    /// Damaged objects are told elsewhere and do not count. A look later than now is none: a clock was
    /// wrong.
    package func oldestUnverified(at now: Timestamp) throws(ManifestError) -> String? {
        let ranges = try verifiedRanges().ranges.filter { range in
            Timestamp(range.time).map { $0 <= now } ?? false
        }
        return try inDatabase { db in
            var oldest: [String] = []
            var begun: ContentDigest? = .smallest
            for range in ranges {
                if let begun, let time = try Self.firstHeld(begun, range.from, db) {
                    oldest.append(time)
                }
                if let time = try Self.firstHeld(range.from, range.to, db) {
                    oldest.append(max(time, range.time))
                }
                begun = range.to
            }
            if let begun, let time = try Self.firstHeld(begun, nil, db) { oldest.append(time) }
            return oldest.min()
        }
    }

    private static func firstHeld(
        _ from: ContentDigest,
        _ to: ContentDigest?,
        _ db: Database
    ) throws -> String? {
        try String.fetchOne(
            db,
            sql: """
                SELECT min(first_held) FROM object
                WHERE digest >= ?1 AND (?2 IS NULL OR digest < ?2) AND damaged IS NULL
                """,
            arguments: [Data(from.bytes), to.map { Data($0.bytes) }]
        )
    }
}

extension ReadingVault {
    /// The newest note: how many records it covers, and when it was written.
    package func lastCheckpoint() -> (size: Int64, time: Timestamp?)? {
        guard let tlog = try? layout.audit.directory("tlog"),
            let bytes = try? tlog.contents("checkpoint")
        else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let body = text.split(separator: "\n\n", maxSplits: 1).first.map { String($0) + "\n" }
        guard let note = body.flatMap({ Checkpoint(text: $0) }) else { return nil }
        let facts = try? FileManager.default.attributesOfItem(atPath: tlog.path("checkpoint"))
        let date = facts?[.modificationDate] as? Date
        let time = date.map {
            Timestamp(milliseconds: Int64($0.timeIntervalSince1970 * 1_000))
        }
        return (note.size, time)
    }

    /// What was set aside, in bytes.
    package func quarantineBytes() -> Int64 {
        let names = (try? layout.quarantine.names()) ?? []
        return names.compactMap { try? layout.quarantine.file($0, .reading).size() }
            .reduce(0, +)
    }
}
