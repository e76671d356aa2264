import ArgumentParser
import LarkiveCore
import LarkiveVault

struct Find: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        abstract: "Look attachments up by words in their names or by any id.",
        discussion: """
            Every word and filter must match. A word may be part of the file name, the subject, \
            the sender or the task's summary. Without arguments everything is listed.
            """
    )

    @OptionGroup var options: CommonOptions
    @OptionGroup var filters: Filters
    @Argument(help: "Words to look for.") var words: [String] = []
    @Option(help: "Show at most this many.") var limit: Int?
    @Flag(help: "Show contents that were replaced in Feishu since, as KEY@version.")
    var versions = false
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() async throws {
        var query = try filters.query()
        query.olderVersions = versions
        query.words = words
        query.limit = limit.map { $0 + 1 }
        let found = try World.live(options).reading().manifest.find(query)
        let shown = found.prefix(limit ?? found.count)
        if json {
            for row in shown { Terminal.print(.object(row.json)) }
        } else {
            show(shown)
        }
        if found.count > shown.count { Terminal.note("there are more; raise --limit to see them") }
    }

    private func show(_ rows: ArraySlice<FileRow>) {
        let cells = rows.map { row in
            [
                row.isOlder ? "\(row.id)@\(row.version)" : String(row.id),
                row.date.map { String($0.description.prefix(10)) } ?? "-",
                row.size.map(Figures.bytes) ?? "-", Terminal.escaped(row.name),
                Terminal.escaped(row.from ?? row.subject ?? ""),
                row.state == "held" ? "" : row.state,
            ]
        }
        let widths = (0..<6).map { column in cells.map { Terminal.width($0[column]) }.max() ?? 0 }
        for row in cells {
            let padded = zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - Terminal.width(cell.0))
                return column == 0 || column == 2 ? space + cell.0 : cell.0 + space
            }
            let line = padded.joined(separator: "  ")
            Terminal.print(String(line.reversed().drop { $0 == " " }.reversed()))
        }
    }
}

/// The filters of `find`.
struct Filters: ParsableArguments {
    @Option(help: "Part of the file name.") var name: String?
    @Option(help: "Part of the sender's address.") var from: String?
    @Option(help: "The mailbox, by its address.") var mailbox: String?
    @Option(help: "Part of the task's summary, or its guid.") var task: String?
    @Option(help: "The message id.") var message: String?
    @Option(help: "The attachment id of mail.") var attachment: String?
    @Option(help: "The guid of a task attachment.") var guid: String?
    @Option(help: "The file token of a task attachment.") var fileToken: String?
    @Option(help: "The SHA-256, or its first digits.") var sha256: String?
    @Option(help: "Sent on this day or later: 2026-03 or 2026-03-05.") var after: String?
    @Option(help: "Sent before this day.") var before: String?
    @Option(help: "At least this many bytes: 500, 20K, 3M.") var minSize: String?
    @Option(help: "At most this many bytes.") var maxSize: String?
    @Option(help: "The source, like mail:a@corp.example.") var source: String?
    @Flag(help: "Only what is no longer in Feishu.") var vanished = false

    func query() throws(UsageError) -> FileQuery {
        var query = FileQuery()
        query.containing["name"] = name
        query.containing["sender"] = from
        query.equal["mailbox"] = mailbox?.lowercased()
        query.equal["message_id"] = message
        query.equal["attachment_id"] = attachment
        query.equal["guid"] = guid
        query.equal["file_token"] = fileToken
        query.equal["source"] = source
        if let task {
            // A guid has no spaces and four dashes; anything else is words.
            let isGuid = task.filter { $0 == "-" }.count == 4 && !task.contains(" ")
            if isGuid {
                query.equal["task_guid"] = task
            } else {
                query.containing["task_summary"] = task
            }
        }
        query.sha256Prefix = sha256.map { Self.withoutPrefix($0.lowercased()) }
        query.after = try after.map { text throws(UsageError) in try Self.day(text, "--after") }
        query.before = try before.map { text throws(UsageError) in try Self.day(text, "--before") }
        query.minSize = try minSize.map { text throws(UsageError) in
            try Self.size(text, "--min-size")
        }
        query.maxSize = try maxSize.map { text throws(UsageError) in
            try Self.size(text, "--max-size")
        }
        query.onlyVanished = vanished
        return query
    }

    static func withoutPrefix(_ text: String) -> String {
        text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
    }

    private static func day(_ text: String, _ option: String) throws(UsageError) -> Timestamp {
        let month = text.count == 7 ? text + "-01" : text
        guard let time = Timestamp("\(month)T00:00:00.000Z") else {
            throw UsageError("\(option): `\(text)` is no date", hint: "write 2026-03 or 2026-03-05")
        }
        return time
    }

    private static func size(_ text: String, _ option: String) throws(UsageError) -> Int64 {
        let units: [Character: Int64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        let unit = text.uppercased().last.flatMap { units[$0] }
        guard let number = Int64(unit == nil ? text : String(text.dropLast())), number >= 0 else {
            throw UsageError("\(option): `\(text)` is no size", hint: "write 500, 20K, 3M or 1G")
        }
        return number * (unit ?? 1)
    }
}
