internal import GRDB
package import LarkiveCore

extension SQLiteManifest: Absences {
    package func absence(
        in source: Int64,
        folders: [Folder.ID]?
    ) throws(ManifestError) -> Absence {
        try inDatabase { db in
            let marks = databaseQuestionMarks(count: folders?.count ?? 0)
            let mail = """
                SELECT count(*) AS live, count(*) FILTER (WHERE w.id IS NULL) AS missed
                FROM main.attachment a
                JOIN main.message m ON m.source = a.source AND m.id = a.message_id
                LEFT JOIN walk.message w ON w.source = m.source AND w.id = m.id
                WHERE a.source = ? AND a.vanished IS NULL AND m.state = 'examined'
                    AND m.folder IN (\(marks))
                """
            let uploads = """
                SELECT count(*) AS live, count(*) FILTER (WHERE w.key IS NULL) AS missed
                FROM main.sighting s JOIN main.attachment a ON a.n = s.attachment
                LEFT JOIN walk.attachment w ON w.source = s.source AND w.key = a.key
                WHERE s.source = ? AND s.missed_at IS NULL AND a.kind = 'task'
                    AND a.vanished IS NULL
                """
            let values: [any DatabaseValueConvertible] = [source] + (folders ?? []).map(\.rawValue)
            let row = try Row.fetchOne(
                db,
                sql: folders == nil ? uploads : mail,
                arguments: StatementArguments(values)
            )
            return Absence(live: row?["live"] ?? 0, missed: row?["missed"] ?? 0)
        }
    }

    package func missedMessages(
        in source: Int64,
        folders: [Folder.ID],
        after id: Message.ID?,
        limit: Int
    ) throws(ManifestError) -> [MissedMessage] {
        try inDatabase { db in
            let marks = databaseQuestionMarks(count: folders.count)
            let live = "source = m.source AND message_id = m.id AND vanished IS NULL"
            let sql = """
                SELECT m.id, m.folder FROM main.message m
                WHERE m.source = ? AND m.id > ? AND m.folder IN (\(marks))
                    AND (m.state = 'unread' OR (m.state = 'examined'
                        AND EXISTS (SELECT 1 FROM main.attachment WHERE \(live))))
                    AND NOT EXISTS (SELECT 1 FROM walk.message
                        WHERE source = m.source AND id = m.id)
                ORDER BY m.id LIMIT ?
                """
            let values: [any DatabaseValueConvertible] =
                [source, id?.rawValue ?? ""] + folders.map(\.rawValue) + [limit]
            return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(values))
                .compactMap { try Self.missed($0, in: source, db) }
        }
    }

    private static func missed(
        _ row: Row,
        in source: Int64,
        _ db: Database
    ) throws -> MissedMessage? {
        guard let id = Message.ID(row["id"]) else { return nil }
        let numbers = try Int64.fetchAll(
            db,
            sql: """
                SELECT n FROM attachment WHERE source = ? AND message_id = ? AND vanished IS NULL
                ORDER BY n
                """,
            arguments: [source, id.rawValue]
        )
        return MissedMessage(id: id, folder: Folder.ID(row["folder"]), attachments: numbers)
    }

    package func missedUploads(
        in source: Int64,
        after number: Int64,
        limit: Int
    ) throws(ManifestError) -> [MissedUpload] {
        try inDatabase { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT a.n, a.id, EXISTS (SELECT 1 FROM main.sighting o
                        WHERE o.attachment = a.n AND o.source <> s.source
                            AND o.missed_at IS NULL) AS elsewhere
                    FROM main.sighting s JOIN main.attachment a ON a.n = s.attachment
                    WHERE s.source = ? AND s.missed_at IS NULL AND a.kind = 'task'
                        AND a.vanished IS NULL AND a.n > ?
                        AND NOT EXISTS (SELECT 1 FROM walk.attachment w
                            WHERE w.source = s.source AND w.key = a.key)
                    ORDER BY a.n LIMIT ?
                    """,
                arguments: [source, number, limit]
            )
            return rows.compactMap { row in
                guard let id = Attachment.ID(row["id"]) else { return nil }
                return MissedUpload(
                    number: row["n"],
                    id: id,
                    isListedElsewhere: row["elsewhere"]
                )
            }
        }
    }
}
