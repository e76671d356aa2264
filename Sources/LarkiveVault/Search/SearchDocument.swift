internal import GRDB

/// What the search index holds of one attachment: a function of the manifest's rows.
struct SearchDocument: Equatable, Sendable {
    /// The day of its date, then its number: what is newer has the greater one.
    let rowid: Int64
    let tokens: String

    static func rowid(_ number: Int64, _ date: Int64?) -> Int64 {
        day(date ?? 0) << 32 | number
    }

    /// Days since 1970; those before it, and what has no date, are day 0.
    static func day(_ date: Int64) -> Int64 { min(max(date, 0) / 86_400_000, Int64(Int32.max)) }

    static func number(of rowid: Int64) -> Int64 { rowid & 0xFFFF_FFFF }

    /// Reads it from the rows; nil when there is no such attachment.
    static func of(_ number: Int64, _ db: Database, schema: String = "main") throws -> Self? {
        let statement = try db.cachedStatement(sql: sql(schema))
        return try Row.fetchOne(statement, arguments: [number]).map { Self(number, $0) }
    }

    private static func sql(_ schema: String) -> String {
        """
        SELECT a.kind, a.vanished, coalesce(m.date, a.uploaded) AS date, v.name,
            coalesce(o.size, v.size) AS size, lower(hex(v.digest)) AS sha256,
            m.subject, m.sender, m.sender_name, t.summary,
            EXISTS (SELECT 1 FROM \(schema).version
                WHERE attachment = a.n AND n <> a.version) AS changed,
            (SELECT group_concat(source, ' ') FROM (SELECT source FROM \(schema).sighting
                WHERE attachment = a.n ORDER BY source)) AS seen
        FROM \(schema).attachment a
        JOIN \(schema).version v ON v.attachment = a.n AND v.n = a.version
        LEFT JOIN \(schema).object o ON o.digest = v.digest
        LEFT JOIN \(schema).message m ON m.source = a.source AND m.id = a.message_id
        LEFT JOIN \(schema).task t ON t.guid = a.task_guid
        WHERE a.n = ?
        """
    }

    private init(_ number: Int64, _ row: Row) {
        rowid = Self.rowid(number, row["date"])
        var text = Array(Self.tags(row).joined(separator: " ").utf8)
        for (column, field) in Self.fields {
            guard let value: String = row[column] else { continue }
            text += Grams.tokens(of: Fold.fold(value), in: field)
        }
        tokens = String(decoding: text, as: UTF8.self)
    }

    private static let fields: [(column: String, field: SearchField)] = [
        ("name", .name), ("subject", .subject), ("sender", .sender), ("sender_name", .sender),
        ("summary", .task),
    ]

    private static func tags(_ row: Row) -> [String] {
        let (vanished, size, seen): (String?, Int64?, String?) =
            (row["vanished"], row["size"], row["seen"])
        var tags = [SearchTag.all, SearchTag.kind(row["kind"])]
        if vanished != nil { tags.append(SearchTag.vanished) }
        if row["changed"] == true { tags.append(SearchTag.changed) }
        if let size { tags += SearchTag.sizes(size) }
        let sha256: String? = row["sha256"]
        // Of what is not held it is an empty text.
        if let sha256, !sha256.isEmpty { tags.append(SearchTag.digest(sha256)) }
        let sources = (seen ?? "").split(separator: " ").compactMap { Int64($0) }
        return tags + sources.map(SearchTag.source)
    }
}
