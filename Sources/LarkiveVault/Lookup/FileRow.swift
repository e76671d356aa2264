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
        let (sent, uploaded): (Int64?, Int64?) = (row["date"], row["uploaded"])
        date = (sent ?? uploaded).map(Timestamp.init(milliseconds:))
        let (sender, subject, summary): (String?, String?, String?) =
            (row["sender"], row["subject"], row["task_summary"])
        from = sender
        self.subject = subject ?? summary
        var json = Self.json(row)
        json.append("key", .string(key))
        json.append("state", .string(state))
        if sent == nil, let date { json.append("date", .string(date.description)) }
        if isOlder { json.append("version", .integer(version)) }
        self.json = json
    }

    private static let renamed = [
        "sender": "from", "sender_name": "from_name", "first_seen": nil, "version": nil,
        "newest": nil, "key": nil, "state": nil, "uploaded": nil, "seen": nil,
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
