import ArgumentParser
import LarkiveCore
import LarkiveVault

struct WhoHas: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "whohas",
        abstract: "Say which mailboxes and tasks carry the bytes of a file.",
        discussion: """
            WHAT is a file, or a SHA-256 or its beginning (6 digits or more). The file is only \
            read, whatever its name; ./ before a name that looks like a digest makes it a file.
            """
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: ArgumentHelp("A file, or a SHA-256.", valueName: "what")) var what: String
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() async throws {
        let world = try World.live(options)
        let manifest = try world.reading().manifest
        let rows = try KnownBytes(what).rows(in: manifest)
        let seen = try manifest.spans(of: rows)
        guard !json else {
            for row in rows { Terminal.print(Self.json(row, seen[FileVersion(row)])) }
            return
        }
        if rows.isEmpty { Terminal.note("nothing in the archive has these bytes") }
        show(rows, seen)
    }

    private static func json(_ row: FileRow, _ seen: ByteSpan?) -> JSON {
        var object = row.json
        if let first = seen?.first { object.append("first_seen", .string(first)) }
        if let last = seen?.last { object.append("last_seen", .string(last)) }
        return .object(object)
    }

    private func show(_ rows: [FileRow], _ seen: [FileVersion: ByteSpan]) {
        let cells = rows.map { row in
            let span = seen[FileVersion(row)]
            return [
                row.isOlder ? "\(row.id)@\(row.version)" : String(row.id),
                span?.first.map(LocalTime.text) ?? "-", span?.last.map(LocalTime.text) ?? "-",
                row.place.shown, row.name.shown,
                row.isOlder ? "replaced" : row.vanished == nil ? "" : "vanished",
            ]
        }
        Columns(rows: cells, right: [0]).lines.forEach { Terminal.print($0) }
    }
}

extension FileRow {
    /// The mailbox, or the task by its words.
    var place: String {
        json["mailbox"]?.string ?? json["task_summary"]?.string.map { "task: \($0)" } ?? source
    }
}

/// Bytes that somebody holds in hand: a file, or their digest.
private struct KnownBytes {
    private let text: String

    init(_ text: String) { self.text = text }

    /// Everything that carries them, contents that were replaced since included.
    func rows(in manifest: SQLiteManifest) throws -> [FileRow] {
        let digits = try digits
        let rows = try manifest.carriers(ofDigits: digits)
        try KeyArgument.refuseAmbiguity(of: text, among: rows)
        return rows
    }

    private var digits: String {
        get throws {
            if text.hasPrefix("sha256:"), let digits = KeyArgument.digits(of: text.lowercased()) {
                return digits
            }
            // A file of that name is what is in hand, even where the name could be a digest.
            if let digest = try FileDigest.of(text) { return digest.hex }
            if let digits = KeyArgument.digits(of: text.lowercased()) { return digits }
            throw UsageError(
                "there is no file \(text), and it is no SHA-256",
                hint: "name a file, or give 6 or more hex digits; by words: larkive find"
            )
        }
    }
}
