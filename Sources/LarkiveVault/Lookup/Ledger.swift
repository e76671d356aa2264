internal import GRDB
package import LarkiveCore

/// One item of the ledger: wanted, not held, and why.
package struct LedgerRow: Sendable {
    package let reason: FailureReason?
    package let detail: String
    package let attempts: Int64
    package let firstFailed: String
    package let nextTry: String
    /// The attachment, or nil when a message could not be read.
    package let file: FileRow?
    package let source: String?
    package let messageID: String?
    /// The message as records name it.
    package let messageSource: Int64?
    /// The object that is lost, where the item is one.
    package let digest: ContentDigest?
    /// Who carries the lost object.
    package let carriers: [String]

    /// `mail:<address>/<message id>` for a message, else the attachment's key.
    package var key: String {
        file?.key ?? digest?.description
            ?? "\(source ?? "?")/\(PercentEncoding.encode(messageID ?? "?"))"
    }

    /// One line of `problems --json`.
    package var json: JSON {
        var object = file?.json ?? ["source": source.map(JSON.string), "state": "unread"]
        if let digest {
            object = [
                "key": .string(key), "sha256": .string(digest.hex), "state": "lost",
                "attachments": .array(carriers.map(JSON.string)),
            ]
        }
        if file == nil, let messageID {
            object.append("key", .string(key))
            object.append("message_id", .string(messageID))
        }
        object.append("reason", .string(reason?.rawValue ?? "unknown"))
        object.append("detail", .string(detail))
        object.append("attempts", .integer(attempts))
        object.append("first_failed", .string(firstFailed))
        object.append("next_try", .string(nextTry))
        object.append("hint", .string(reason?.hint ?? ""))
        return .object(object)
    }
}

extension SQLiteManifest {
    /// Everything that is not archived and should be, longest missing first.
    package func problems() throws(ManifestError) -> [LedgerRow] {
        try inDatabase { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT l.*, s.name AS source_name FROM ledger l
                    LEFT JOIN source s ON s.n = l.source ORDER BY l.first_failed, l.subject
                    """
            )
            return try rows.map { row in
                let attachment: Int64? = row["attachment"]
                let file = try attachment.flatMap {
                    try Row.fetchOne(db, sql: "SELECT * FROM files WHERE id = ?", arguments: [$0])
                }
                let digest = LedgerRow.digest(row["subject"])
                return LedgerRow(
                    row,
                    file: file.map(FileRow.init),
                    digest: digest,
                    carriers: try digest.map { try Self.carriers(of: $0, db) } ?? []
                )
            }
        }
    }
}

extension LedgerRow {
    fileprivate static func digest(_ subject: String) -> ContentDigest? {
        guard subject.hasPrefix("object:") else { return nil }
        return ContentDigest(hex: subject.dropFirst(7))
    }

    fileprivate init(_ row: Row, file: FileRow?, digest: ContentDigest?, carriers: [String]) {
        (self.digest, self.carriers) = (digest, carriers)
        reason = FailureReason(rawValue: row["reason"])
        detail = row["detail"]
        attempts = row["attempts"]
        firstFailed = row["first_failed"]
        nextTry = row["next_try"]
        self.file = file
        source = row["source_name"]
        messageID = row["message_id"]
        messageSource = row["source"]
    }
}
