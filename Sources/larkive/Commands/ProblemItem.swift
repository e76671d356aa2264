import LarkiveCore
import LarkiveVault

/// Something that `problems` lists, and what a decision about it records.
enum ProblemItem {
    case listed(LedgerRow)
    case damaged(DamagedObject)

    static func all(in manifest: SQLiteManifest) throws -> [ProblemItem] {
        try manifest.problems().map(ProblemItem.listed)
            + manifest.damagedObjects().map(ProblemItem.damaged)
    }

    /// By a number, a key or the beginning of a digest.
    static func meant(by text: String, among items: [ProblemItem]) throws -> ProblemItem {
        guard let found = items.first(where: { $0.isMeant(by: text) }) else {
            throw UsageError(
                "nothing in the ledger has the key `\(text)`",
                hint: "see what is there: larkive problems"
            )
        }
        return found
    }

    /// The object that is damaged or lost.
    private var digest: ContentDigest? {
        switch self {
        case .listed(let row): row.digest
        case .damaged(let object): object.digest
        }
    }

    var isObject: Bool { digest != nil }

    private func isMeant(by text: String) -> Bool {
        if let digest {
            return text.hasPrefix("sha256:") && text.count >= 13
                && digest.description.hasPrefix(text)
        }
        guard case .listed(let row) = self else { return false }
        guard let number = Int64(text) else { return row.key == text }
        return row.file?.id == number
    }

    func retried(_ hidden: JSONObject) throws -> AuditEvent {
        guard case .listed(let row) = self, digest == nil else {
            let name = digest.map { "sha256:\($0.hex.prefix(12))" } ?? ""
            throw UsageError(
                "\(name) is damaged or lost: it is not tried again by a run",
                hint: "put its file back, or ask Feishu for it again: larkive repair \(name)"
            )
        }
        if let file = row.file {
            return AuditEvent(.ledgerRetried, ["attachment": .integer(file.id)], hidden: hidden)
        }
        var hidden = hidden
        hidden.append("id", .string(row.messageID ?? ""))
        let source = row.messageSource ?? 0
        return AuditEvent(.ledgerRetried, ["source": .integer(source)], hidden: hidden)
    }

    /// A damaged object is called lost first: nobody expects it to be healed any more.
    func accepted(_ hidden: JSONObject, _ world: World) throws -> [AuditEvent] {
        if let digest {
            let accepted = AuditEvent(
                .objectAccepted,
                ["sha256": .string(digest.hex)],
                hidden: hidden
            )
            guard case .damaged = self else { return [accepted] }
            return [.lost(digest, "given up while it was damaged", world), accepted]
        }
        guard case .listed(let row) = self, let file = row.file else {
            throw UsageError(
                "\(key) is a message that was never read: what hangs on it is not known",
                hint: "make it due instead: larkive problems --retry \(key)"
            )
        }
        return [AuditEvent(.attachmentAccepted, ["attachment": .integer(file.id)], hidden: hidden)]
    }

    private var key: String {
        switch self {
        case .listed(let row): row.key
        case .damaged(let object): object.digest.description
        }
    }
}
