internal import FoundationEssentials
internal import GRDB
package import LarkiveCore

extension SQLiteManifest: KnownItems {
    package func messages(
        _ ids: [Message.ID],
        in source: Int64
    ) throws(ManifestError) -> [Message.ID: KnownMessage] {
        try inDatabase { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT m.state, m.draft, m.folder, m.attachment_count, l.attempts, l.next_try FROM message m
                    LEFT JOIN ledger l ON m.state = 'unread' AND l.subject = 'message:' || ?1 || '/' || ?2
                    WHERE m.source = ?1 AND m.id = ?2
                    """
            )
            var known: [Message.ID: KnownMessage] = [:]
            for id in ids {
                let row = try Row.fetchOne(statement, arguments: [source, id.rawValue])
                if let row { known[id] = KnownMessage(row) }
            }
            return known
        }
    }

    package func attachments(
        of message: Message.ID,
        in source: Int64
    ) throws(ManifestError) -> [Attachment.ID: Int64] {
        try inDatabase { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT id, n FROM attachment WHERE source = ? AND message_id = ?",
                arguments: [source, message.rawValue]
            )
            return rows.reduce(into: [:]) { found, row in
                if let id = Attachment.ID(row["id"]) { found[id] = row["n"] }
            }
        }
    }

    package func vanished(
        of message: Message.ID,
        in source: Int64
    ) throws(ManifestError) -> [Int64] {
        try inDatabase { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT a.n FROM attachment a
                    JOIN sighting s ON s.attachment = a.n AND s.source = a.source
                    WHERE a.source = ? AND a.message_id = ? AND a.vanished IS NOT NULL
                        AND s.missed_at IS NOT NULL ORDER BY a.n
                    """,
                arguments: [source, message.rawValue]
            )
        }
    }

    package func skipped(by rule: String, in source: Int64) throws(ManifestError) -> [Int64] {
        try inDatabase { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT n FROM attachment
                    WHERE source = ? AND state = 'skipped' AND rule = ? AND vanished IS NULL
                    ORDER BY n
                    """,
                arguments: [source, rule]
            )
        }
    }

    package func witnesses(
        in source: Int64,
        limit: Int
    ) throws(ManifestError) -> [Witness] {
        try inDatabase { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, attachment_count > 0 AS shows FROM message
                    WHERE source = ? AND state = 'examined' AND draft = 0
                    ORDER BY shows DESC, date DESC LIMIT ?
                    """,
                arguments: [source, limit]
            )
            return rows.compactMap { row in
                Message.ID(row["id"]).map { Witness(id: $0, hasAttachments: row["shows"]) }
            }
        }
    }

    package func task(
        _ id: TaskItem.ID,
        from source: Int64
    ) throws(ManifestError) -> KnownTask? {
        try inDatabase { db in
            let found = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT parent, summary FROM task WHERE guid = ?"),
                arguments: [id.rawValue]
            )
            guard let found else { return nil }
            let parent: String? = found["parent"]
            let item = TaskItem(
                id: id,
                parent: parent.flatMap { TaskItem.ID($0) },
                summary: found["summary"]
            )
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT a.id, a.n, a.version, v.file_token, v.size,
                            a.vanished IS NOT NULL AS vanished,
                            s.attachment IS NOT NULL AND s.missed_at IS NULL AS sighted
                        FROM attachment a
                        JOIN version v ON v.attachment = a.n AND v.n = a.version
                        LEFT JOIN sighting s ON s.attachment = a.n AND s.source = ?
                        WHERE a.task_guid = ?
                        """
                ),
                arguments: [source, id.rawValue]
            )
            let attachments = rows.reduce(into: [Attachment.ID: KnownUpload]()) { uploads, row in
                if let id = Attachment.ID(row["id"]) { uploads[id] = KnownUpload(row) }
            }
            return KnownTask(item: item, attachments: attachments)
        }
    }

    package func isDamaged(_ digest: ContentDigest) throws(ManifestError) -> Bool {
        try inDatabase { db in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: "SELECT 1 FROM object WHERE digest = ? AND damaged IS NOT NULL"
                ),
                arguments: [Data(digest.bytes)]
            ) ?? false
        }
    }

    package func holder(of token: FileToken, size: Int64) throws(ManifestError) -> Holder? {
        try inDatabase { db in
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT v.attachment, v.digest, o.size FROM version v
                        JOIN object o ON o.digest = v.digest
                        WHERE v.file_token = ? AND o.size = ? AND o.damaged IS NULL LIMIT 1
                        """
                ),
                arguments: [token.rawValue, size]
            )
            guard let row, let digest = ContentDigest(bytes: row["digest"] as Data) else {
                return nil
            }
            return Holder(number: row["attachment"], digest: digest, size: row["size"])
        }
    }
}

extension KnownMessage {
    fileprivate init(_ row: Row) {
        let nextTry: String? = row["next_try"]
        let state: State =
            switch row["state"] as String {
            case "examined": .examined(isDraft: row["draft"])
            // Only a message that was read has a count.
            case "gone": .gone(wasExamined: row["attachment_count"] as Int64 > 0)
            default:
                .unread(
                    attempts: row["attempts"] ?? 0,
                    nextTry: nextTry.flatMap { Timestamp($0) } ?? .epoch
                )
            }
        self.init(state: state, folder: Folder.ID(row["folder"]))
    }
}

extension KnownUpload {
    fileprivate init(_ row: Row) {
        let token: String? = row["file_token"]
        self.init(
            number: row["n"],
            version: row["version"],
            fileToken: token.flatMap { FileToken($0) },
            size: row["size"],
            isSighted: row["sighted"],
            isVanished: row["vanished"]
        )
    }
}
