internal import GRDB
package import LarkiveCore

extension SQLiteManifest: WorkList {
    private static let openItems = """
        SELECT a.n, a.key, a.version, a.type, a.inline, a.cid, a.uploader, a.uploaded,
            v.name, v.size, v.file_token, coalesce(l.attempts, 0) AS attempts, l.next_try
        FROM attachment a
        JOIN version v ON v.attachment = a.n AND v.n = a.version
        LEFT JOIN ledger l ON l.subject = 'attachment:' || a.n
        WHERE a.state IN ('wanted', 'failed')
        """

    package func open(
        after number: Int64,
        limit: Int,
        from source: Int64,
        of sources: [Int64],
        at now: Timestamp
    ) throws(ManifestError) -> [WorkItem] {
        try inDatabase { db in
            let marks = databaseQuestionMarks(count: sources.count)
            let sql = """
                \(Self.openItems) AND a.n > ? AND \(Self.isDue)
                    AND (SELECT min(source) FROM sighting WHERE attachment = a.n
                        AND missed_at IS NULL AND source IN (\(marks))) = ?
                ORDER BY a.n LIMIT ?
                """
            let values: [any DatabaseValueConvertible] =
                [number, now.description] + sources + [source, limit]
            return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(values))
                .compactMap(WorkItem.init)
        }
    }

    package func open(_ number: Int64, at now: Timestamp) throws(ManifestError) -> WorkItem? {
        try inDatabase { db in
            try Row.fetchOne(
                db,
                sql: "\(Self.openItems) AND a.n = ? AND \(Self.isDue)",
                arguments: [number, now.description]
            ).flatMap(WorkItem.init)
        }
    }

    private static let isDue =
        "a.vanished IS NULL AND (l.next_try IS NULL OR l.next_try <= ?)"
}

extension WorkItem {
    fileprivate init?(_ row: Row) {
        guard let key = AttachmentKey(row["key"]) else { return nil }
        let (token, uploaded): (String?, Int64?) = (row["file_token"], row["uploaded"])
        let kind: Attachment.Kind =
            switch key {
            case .mail:
                .mail(
                    MailPart(
                        type: row["type"] ?? 1,
                        isInline: row["inline"] ?? false,
                        contentID: row["cid"]
                    )
                )
            case .task:
                .task(
                    TaskUpload(
                        uploader: row["uploader"],
                        uploadedAt: uploaded.map(Timestamp.init(milliseconds:)),
                        evidence: .null
                    )
                )
            }
        self.init(
            number: row["n"],
            version: row["version"],
            attachment: Attachment(
                key: key,
                name: row["name"],
                size: row["size"],
                fileToken: token.flatMap { FileToken($0) },
                kind: kind
            ),
            attempts: row["attempts"]
        )
    }
}

extension SQLiteManifest: WalkTally {
    package func mark(
        _ messages: [Message.ID],
        in source: Int64
    ) throws(ManifestError) -> [Message.ID] {
        var fresh: [Message.ID] = []
        try inTransaction { db in
            let statement = try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO walk.message VALUES (?, ?)"
            )
            for id in messages {
                try statement.execute(arguments: [source, id.rawValue])
                if db.changesCount > 0 { fresh.append(id) }
            }
        }
        return fresh
    }

    package func mark(_ attachments: [AttachmentKey], in source: Int64) throws(ManifestError) {
        try inTransaction { db in
            let statement = try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO walk.attachment VALUES (?, ?)"
            )
            for key in attachments {
                try statement.execute(arguments: [source, key.description])
            }
        }
    }

    package func tally(of source: Int64?, run: RunID) throws(ManifestError) -> Tally {
        try inDatabase { db in
            var tally = Tally()
            try countListed(of: source, into: &tally, db)
            try countStates(of: source, run: run, into: &tally, db)
            try countMessages(of: source, into: &tally, db)
            return tally
        }
    }

    package func lostCount() throws(ManifestError) -> Int64 {
        try inDatabase { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM attachment
                    WHERE state IN ('wanted', 'failed') AND vanished NOT NULL
                    """
            ) ?? 0
        }
    }

    package func damage() throws(ManifestError) -> Damage {
        try losses().values.reduce(into: Damage()) { damage, loss in
            switch loss {
            case .damaged: damage.damaged += 1
            case .lost: damage.lost += 1
            case .accepted: damage.accepted += 1
            }
        }
    }

    /// The listing side: what the walk saw, whatever became of it.
    private func countListed(of source: Int64?, into tally: inout Tally, _ db: Database) throws {
        let inMail = try Int64.fetchOne(
            db,
            sql: """
                SELECT coalesce(sum(m.attachment_count), 0) FROM walk.message w
                JOIN main.message m ON m.source = w.source AND m.id = w.id
                WHERE (?1 IS NULL OR w.source = ?1) AND m.state = 'examined'
                """,
            arguments: [source]
        )
        let inTasks = try Int64.fetchOne(
            db,
            sql: """
                SELECT count(DISTINCT key) FROM walk.attachment WHERE ?1 IS NULL OR source = ?1
                """,
            arguments: [source]
        )
        tally.listed = (inMail ?? 0) + (inTasks ?? 0)
    }

    /// The manifest side: the attachment rows by state, joined to the walk.
    private func countStates(
        of source: Int64?,
        run: RunID,
        into tally: inout Tally,
        _ db: Database
    ) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT a.state, a.rule, v.held_run = ?2 AS now, v.how = 'adopted' AS adopted,
                    count(*) AS count
                FROM (
                    SELECT a.n FROM walk.message w
                    JOIN main.message m ON m.source = w.source AND m.id = w.id
                    JOIN main.attachment a ON a.source = w.source AND a.message_id = w.id
                    WHERE (?1 IS NULL OR w.source = ?1) AND m.state = 'examined'
                        AND a.vanished IS NULL
                    UNION
                    SELECT a.n FROM walk.attachment w JOIN main.attachment a ON a.key = w.key
                    WHERE ?1 IS NULL OR w.source = ?1
                ) seen
                JOIN main.attachment a ON a.n = seen.n
                JOIN version v ON v.attachment = a.n AND v.n = a.version
                GROUP BY 1, 2, 3, 4
                """,
            arguments: [source, run.rawValue]
        )
        for row in rows { tally.add(row["count"], row) }
    }

    private func countMessages(of source: Int64?, into tally: inout Tally, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT m.state, count(*) AS count FROM walk.message w
                LEFT JOIN main.message m ON m.source = w.source AND m.id = w.id
                WHERE ?1 IS NULL OR w.source = ?1 GROUP BY 1
                """,
            arguments: [source]
        )
        for row in rows {
            let (state, count): (String?, Int64) = (row["state"], row["count"])
            switch state {
            case "examined": tally.messages.examined += count
            case "gone": tally.messages.gone += count
            default: tally.messages.unread += count
            }
        }
        tally.messages.listed =
            try Int64.fetchOne(
                db,
                sql: "SELECT count(*) FROM walk.message WHERE ?1 IS NULL OR source = ?1",
                arguments: [source]
            ) ?? 0
    }
}

extension Tally {
    fileprivate mutating func add(_ count: Int64, _ row: Row) {
        let (now, adopted): (Bool?, Bool?) = (row["now"], row["adopted"])
        switch row["state"] as String {
        case "held" where now != true: known += count
        case "held" where adopted == true: self.adopted += count
        case "held": downloaded += count
        case "failed": failed += count
        case "skipped": skipped[row["rule"] ?? "", default: 0] += count
        default: pending += count
        }
    }
}
