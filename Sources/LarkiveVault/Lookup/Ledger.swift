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

extension SQLiteManifest {
    /// What the last run that ended could not see or do, in its own words.
    package func lastUnseen() throws(ManifestError) -> [String] {
        let summary = try inDatabase { db in
            try String.fetchOne(
                db,
                sql: """
                    SELECT summary FROM run WHERE finished IS NOT NULL
                    ORDER BY started DESC LIMIT 1
                    """
            )
        }
        guard let summary, let value = try? JSONReader.read(Array(summary.utf8)) else { return [] }
        return value["unseen"]?.array?.compactMap(\.string) ?? []
    }
}

/// The state of an archive in figures.
package struct ArchiveStatus: Sendable {
    package struct LastRun: Sendable {
        package let run: String
        package let started: String
        package let finished: String?
        package let outcome: String?
        package let exitCode: Int64?
    }

    package struct Source: Sendable {
        package let name: String
        package let lastComplete: String?
        package let held: Int64
        package let failed: Int64
        package let pending: Int64
        package let skipped: Int64
        package let accepted: Int64
        package let vanished: Int64
        package let unread: Int64
        /// Whether the last run was shown no attachments here.
        package var isBlind = false
    }

    package let lastRun: LastRun?
    package let lastComplete: String?
    package let sources: [Source]
    package let oldestUnarchived: String?
    package let ledger: Int64
    package let objects: Int64
    package let bytes: Int64
}

extension SQLiteManifest {
    /// When the log was restarted, with the number of the record, oldest first.
    package func restarts() throws(ManifestError) -> [LogRestart] {
        try inDatabase { db in
            try Row.fetchAll(
                db,
                sql:
                    "SELECT * FROM meta WHERE name LIKE 'log\\_restarted\\_%' ESCAPE '\\' ORDER BY name"
            ).compactMap(LogRestart.init)
        }
    }

    package func status() throws(ManifestError) -> ArchiveStatus {
        try inDatabase { db in
            let last = try Row.fetchOne(db, sql: "SELECT * FROM run ORDER BY started DESC LIMIT 1")
            let sources = try Row.fetchAll(db, sql: Self.sourceFigures)
            let stored = try Row.fetchOne(
                db,
                sql: "SELECT count(*) AS n, coalesce(sum(size), 0) AS bytes FROM object"
            )
            return ArchiveStatus(
                lastRun: last.map(ArchiveStatus.LastRun.init),
                lastComplete: try String.fetchOne(
                    db,
                    sql: "SELECT max(finished) FROM run WHERE outcome = 'complete'"
                ),
                sources: sources.map(ArchiveStatus.Source.init)
                    .map { $0.seen(in: Self.summary(last)) },
                oldestUnarchived: try String.fetchOne(
                    db,
                    sql: """
                        SELECT min(t) FROM (
                            SELECT min(first_seen) AS t FROM attachment
                            WHERE state IN ('wanted', 'failed') AND vanished IS NULL
                            UNION ALL SELECT min(first_failed) FROM ledger)
                        """
                ),
                ledger: try Int64.fetchOne(db, sql: "SELECT count(*) FROM ledger") ?? 0,
                objects: stored?["n"] ?? 0,
                bytes: stored?["bytes"] ?? 0
            )
        }
    }

    private static func summary(_ run: Row?) -> JSON? {
        let text: String? = run?["summary"]
        return text.flatMap { try? JSONReader.read(Array($0.utf8)) }
    }

    private static let sourceFigures = """
        SELECT s.n, s.name, s.last_complete,
            count(*) FILTER (WHERE a.state = 'held') AS held,
            count(*) FILTER (WHERE a.state = 'failed') AS failed,
            count(*) FILTER (WHERE a.state = 'wanted') AS pending,
            count(*) FILTER (WHERE a.state = 'skipped') AS skipped,
            count(*) FILTER (WHERE a.state = 'skipped' AND a.rule = 'accepted') AS accepted,
            count(*) FILTER (WHERE a.vanished IS NOT NULL) AS vanished,
            (SELECT count(*) FROM message WHERE source = s.n AND state = 'unread') AS unread
        FROM source s
        LEFT JOIN sighting i ON i.source = s.n LEFT JOIN attachment a ON a.n = i.attachment
        GROUP BY s.n ORDER BY s.n
        """
}

extension ArchiveStatus.Source {
    /// The same with what the last run's summary says of it.
    fileprivate func seen(in summary: JSON?) -> Self {
        let found = summary?["sources"]?.array?.first { $0["source"]?.string == name }
        var source = self
        source.isBlind = found?["blind"]?.bool ?? false
        return source
    }
}

extension SQLiteManifest {
    /// When a complete walk last saw a source before that time: what vanished then was there.
    package func lastComplete(
        of source: String,
        before time: String
    ) throws(ManifestError) -> String? {
        try inDatabase { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT finished, summary FROM run
                    WHERE finished < ? AND summary IS NOT NULL ORDER BY finished DESC
                    """,
                arguments: [time]
            )
            while let row = try rows.next() {
                let found = Self.summary(row)?["sources"]?.array?.first {
                    $0["source"]?.string == source
                }
                if found?["complete"]?.bool == true { return row["finished"] }
            }
            return nil
        }
    }
}

extension ArchiveStatus.LastRun {
    fileprivate init(_ row: Row) {
        self.init(
            run: row["id"],
            started: row["started"],
            finished: row["finished"],
            outcome: row["outcome"],
            exitCode: row["exit_code"]
        )
    }
}

extension ArchiveStatus.Source {
    fileprivate init(_ row: Row) {
        self.init(
            name: row["name"],
            lastComplete: row["last_complete"],
            held: row["held"],
            failed: row["failed"],
            pending: row["pending"],
            skipped: row["skipped"],
            accepted: row["accepted"],
            vanished: row["vanished"],
            unread: row["unread"]
        )
    }
}
