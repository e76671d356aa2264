package import LarkiveCore

/// Rows as CSV (RFC 4180: CRLF, a header, quotes doubled) in UTF-8 without a byte order mark.
///
/// Control and direction characters and backslashes stand as `\u{hex}`: a cell is one line in any
/// tool, and the original can be made again.
package struct Table: Sendable {
    package let columns: [String]

    package init(_ columns: [String]) { self.columns = columns }

    package var header: String { Self.line(columns) }

    package func line(of row: JSONObject) -> String {
        Self.line(columns.map { Self.text(row[$0]) })
    }

    private static func line(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func text(_ value: JSON?) -> String {
        switch value {
        case nil, .null?: ""
        case .bool(let value)?: value ? "true" : "false"
        case .integer(let value)?: String(value)
        case .number(let text)?: text
        case .string(let text)?: text.shownReversibly
        case .array(let items)?: items.map(text).joined(separator: " ")
        case .object(let object)?: JSONWriter.text(of: .object(object)).shownReversibly
        }
    }

    private static func quoted(_ cell: String) -> String {
        let isPlain = !cell.utf8.contains { ",\"\r\n".utf8.contains($0) }
        return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}

extension Table {
    private static let places = [
        "kind", "source", "mailbox", "message_id", "attachment_id", "task_guid", "guid",
        "file_token", "subject", "from", "from_name", "date", "folder", "task_summary",
        "archived_at", "vanished",
    ]

    /// What `find --json` knows of each attachment.
    package static let catalogue = Table(
        ["id", "version", "key", "name", "size", "sha256", "state", "rule"] + places
    )
    /// One row for each attachment in a bag.
    static let provenance = Table(
        ["path", "id", "version", "key", "name", "size", "sha256"] + places
            + ["record_held", "records_listed", "listed_private"]
    )
    /// What was asked for and is not in a bag.
    static let exceptions = Table(
        ["code", "id", "version", "key", "name", "size", "sha256", "state", "rule"] + places
            + ["reason", "detail", "attempts", "first_failed"]
    )
}

extension FileRow {
    /// `find --json` with the version.
    package var catalogued: JSONObject {
        var object = JSONObject(json.members.filter { $0.name != "version" })
        object.append("version", .integer(version))
        return object
    }
}
