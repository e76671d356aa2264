import LarkiveCore
import LarkiveVault

/// The events that say what is handed out.
struct ExportEvents {
    /// As many as a record names, and as many bytes of their keys as fit into a line of the log.
    static let most = 1_000
    private static let longest = 1 << 20

    private let common: JSONObject

    init(
        _ actor: JSONObject,
        _ format: Export.Format,
        to: String?,
        _ reason: String?,
        _ selection: String
    ) {
        common = [
            "actor": .object(actor), "format": .string(format.rawValue),
            "selection": .string(selection), "to": to.map(JSON.string),
            "reason": reason.map(JSON.string),
        ]
    }

    /// As few as can name every attachment of which bytes are handed out; one for none.
    func all(of rows: [FileRow]) -> [AuditEvent] {
        parts(of: rows).map { event($0, count: $0.count) }
    }

    /// One that names the first of them and counts all: none of their bytes is handed out.
    func catalogue(of first: [FileRow], count: Int) -> AuditEvent {
        event(parts(of: first)[0], count: count)
    }

    private func parts(of rows: [FileRow]) -> [[FileRow]] {
        var (parts, bytes): ([[FileRow]], Int) = ([[]], 0)
        for row in rows {
            bytes += row.key.utf8.count
            if parts[parts.count - 1].count == Self.most || bytes > Self.longest {
                parts.append([])
                bytes = row.key.utf8.count
            }
            parts[parts.count - 1].append(row)
        }
        return parts
    }

    private func event(_ rows: [FileRow], count: Int) -> AuditEvent {
        var hidden = common
        hidden.append("keys", .array(rows.map { .string($0.key) }))
        return AuditEvent(
            .restoreDone,
            ["attachments": .array(rows.map { .integer($0.id) }), "count": JSON(count)],
            hidden: hidden
        )
    }
}
