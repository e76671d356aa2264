internal import FoundationEssentials
internal import GRDB
internal import LarkiveCore

/// The attachments that a query with an id of any kind can mean, by the indexes of the rows.
struct ExactNumbers {
    let query: FileQuery
    let db: Database
    /// Whether a digest is better looked for in the search index.
    let isIndexed: Bool

    /// Nil when the query has no id; what is returned must still be held against the rest of it.
    func candidates() throws -> [Int64]? {
        if let id = query.id { return [id] }
        for (column, sql) in Self.columns {
            guard let text = query.equal[column] else { continue }
            return try Int64.fetchAll(db, sql: sql, arguments: [text])
        }
        guard !isIndexed, let prefix = query.sha256Prefix, !prefix.isEmpty else { return nil }
        guard let range = Self.digests(prefix) else { return [] }
        return try Int64.fetchAll(
            db,
            sql: "SELECT DISTINCT attachment FROM version WHERE digest BETWEEN ? AND ?",
            arguments: [range.first, range.last]
        )
    }

    private static let columns = [
        ("key", "SELECT n FROM attachment WHERE key = ?"),
        ("attachment_id", "SELECT n FROM attachment WHERE id = ?"),
        ("guid", "SELECT n FROM attachment WHERE id = ?"),
        ("file_token", "SELECT DISTINCT attachment FROM version WHERE file_token = ?"),
        (
            "message_id",
            """
            SELECT n FROM attachment WHERE source IN (SELECT n FROM source) AND message_id = ?
            """
        ),
    ]

    /// What hangs on the task with this guid.
    static func ofTask(_ guid: String, _ db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: "SELECT n FROM attachment WHERE task_guid = ?",
            arguments: [guid]
        )
    }

    /// The least and the greatest digest that begin so; nil for what is no beginning of one.
    static func digests(_ prefix: String) -> (first: Data, last: Data)? {
        let length = ContentDigest.byteCount * 2
        func padded(_ digit: String) -> Data? {
            let rest = String(repeating: digit, count: max(0, length - prefix.count))
            return ContentDigest(hex: prefix + rest).map { Data($0.bytes) }
        }
        guard let first = padded("0"), let last = padded("f") else { return nil }
        return (first, last)
    }
}
