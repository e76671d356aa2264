internal import GRDB
package import LarkiveCore

/// One attachment as people look for it: a row of the view `files`.
package struct FileRow: Sendable {
    package let id: Int64
    package let key: String
    package let name: String
    package let size: Int64?
    package let sha256: ContentDigest?
    package let state: String
    /// `find --json`; absent fields are left out.
    package let json: JSONObject
    /// When it was sent or uploaded; nil when the platform did not say.
    package let date: Timestamp?
    package let from: String?
    package let subject: String?
    /// When it was found missing upstream.
    package let vanished: String?
    package let source: String
    package let version: Int64
    /// Whether the platform has replaced this content since; its key ends in `@` and the version.
    package let isOlder: Bool

    init(_ row: Row) {
        id = row["id"]
        let (version, newest): (Int64, Int64?) = (row["version"], row["newest"])
        isOlder = newest.map { version < $0 } ?? false
        key = isOlder ? "\(row["key"] as String)@\(version)" : row["key"]
        self.version = version
        name = row["name"]
        size = row["size"]
        let hex: String? = row["sha256"]
        sha256 = hex.flatMap { ContentDigest(hex: $0) }
        state = isOlder ? "held" : row["state"]
        vanished = row["vanished"]
        source = row["source"]
        let milliseconds: Int64? = row["date"]
        date = milliseconds.map(Timestamp.init(milliseconds:))
        let (sender, subject, summary): (String?, String?, String?) =
            (row["sender"], row["subject"], row["task_summary"])
        from = sender
        self.subject = subject ?? summary
        var json = Self.json(row)
        json.append("key", .string(key))
        json.append("state", .string(state))
        if isOlder { json.append("version", .integer(version)) }
        self.json = json
    }

    private static let renamed = [
        "sender": "from", "sender_name": "from_name", "first_seen": nil, "version": nil,
        "newest": nil, "key": nil, "state": nil,
    ]

    private static func json(_ row: Row) -> JSONObject {
        var object = JSONObject()
        for (column, value) in row {
            guard let name = renamed[column, default: column] else { continue }
            switch value.storage {
            case .int64(let number): object.append(name, date(name, number))
            case .string(let text): object.append(name, .string(text))
            case .null, .double, .blob: break
            }
        }
        return object
    }

    private static func date(_ name: String, _ number: Int64) -> JSON {
        name == "date"
            ? .string(Timestamp(milliseconds: number).description) : .integer(number)
    }
}

/// What is looked for; everything that is given must match.
package struct FileQuery: Sendable {
    /// Each must be in the file name, the subject, the sender or the task's summary.
    package var words: [String] = []
    /// Columns of `files` that must contain a text.
    package var containing: [String: String] = [:]
    /// Columns of `files` that must equal a text.
    package var equal: [String: String] = [:]
    package var sha256Prefix: String?
    package var after: Timestamp?
    package var before: Timestamp?
    package var minSize: Int64?
    package var maxSize: Int64?
    package var id: Int64?
    package var onlyVanished = false
    /// Whether contents that were replaced since are found as well.
    package var olderVersions = false
    package var version: Int64?
    package var limit: Int?

    package init() {}
}

extension SQLiteManifest {
    /// The matching rows, newest first, then by number.
    package func find(_ query: FileQuery) throws(ManifestError) -> [FileRow] {
        let (conditions, values) = query.sql
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let limit = query.limit.map { "LIMIT \($0)" } ?? ""
        return try inDatabase { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM \(query.olderVersions ? "(\(Schema.allVersions))" : "files")
                    \(filter) ORDER BY date DESC NULLS LAST, id, version DESC \(limit)
                    """,
                arguments: StatementArguments(values)
            ).map(FileRow.init)
        }
    }
}

extension FileQuery {
    private static let searched = ["name", "subject", "sender", "sender_name", "task_summary"]

    fileprivate var sql: (conditions: [String], values: [any DatabaseValueConvertible]) {
        var (conditions, values) = ([String](), [any DatabaseValueConvertible]())
        func add(_ condition: String, _ more: any DatabaseValueConvertible...) {
            conditions.append(condition)
            values += more
        }
        for word in words {
            let any = Self.searched.map { "instr(lower(\($0)), lower(?)) > 0" }
            conditions.append("(\(any.joined(separator: " OR ")))")
            values += Self.searched.map { _ in word }
        }
        for (column, text) in containing.sorted(by: { $0.key < $1.key }) {
            add("instr(lower(\(column)), lower(?)) > 0", text)
        }
        for (column, text) in equal.sorted(by: { $0.key < $1.key }) { add("\(column) = ?", text) }
        if let prefix = sha256Prefix { add("substr(sha256, 1, ?) = ?", prefix.count, prefix) }
        if let after { add("date >= ?", after.milliseconds) }
        if let before { add("date < ?", before.milliseconds) }
        if let minSize { add("size >= ?", minSize) }
        if let maxSize { add("size <= ?", maxSize) }
        if let id { add("id = ?", id) }
        if let version { add("version = ?", version) }
        if onlyVanished { add("vanished IS NOT NULL") }
        return (conditions, values)
    }
}
