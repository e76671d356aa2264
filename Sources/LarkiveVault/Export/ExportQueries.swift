internal import GRDB
internal import LarkiveCore

/// What the ledger says of something that is missing.
struct LedgerEntry {
    let source: String?
    let messageID: String?
    let words: JSONObject

    init(_ row: Row) {
        (source, messageID) = (row["source_name"], row["message_id"])
        words = [
            "reason": .string(row["reason"]), "detail": .string(row["detail"]),
            "attempts": .integer(row["attempts"]), "first_failed": .string(row["first_failed"]),
        ]
    }
}

extension SQLiteManifest {
    /// The ledger by its subjects.
    func ledgerEntries() throws(ManifestError) -> [String: LedgerEntry] {
        try inDatabase { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT l.*, s.name AS source_name FROM ledger l
                    LEFT JOIN source s ON s.n = l.source
                    """
            )
            return Dictionary(
                rows.map { ($0["subject"] as String, LedgerEntry($0)) },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }

    /// Sources whose last look was not complete, with the last one that was.
    func unfinishedSources() throws(ManifestError) -> [(name: String, lastComplete: String?)] {
        try inDatabase { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT name, last_complete FROM source
                    WHERE last_complete IS NULL OR last_complete < last_listed ORDER BY n
                    """
            ).map { ($0["name"], $0["last_complete"]) }
        }
    }

    /// Names of all sources that list any of these attachments.
    func sources(listing numbers: [Int64]) throws(ManifestError) -> Set<String> {
        let list = JSONWriter.text(of: .array(numbers.map(JSON.integer)))
        return try inDatabase { db in
            try Set(
                String.fetchAll(
                    db,
                    sql: """
                        SELECT DISTINCT s.name FROM json_each(?) j
                        JOIN sighting g ON g.attachment = j.value JOIN source s ON s.n = g.source
                        """,
                    arguments: [list]
                )
            )
        }
    }
}
