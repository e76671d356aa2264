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
    @Option(help: "Show at most this many; on a terminal 50 unless given, else all.")
    var limit: Int?
    @Flag(help: "Print one JSON object per line.") var json = false

    func validate() throws { try Screenful.check(limit) }

    func run() async throws {
        guard !what.isEmpty else {
            throw UsageError("what to look for is empty", hint: "name a file or its SHA-256")
        }
        let world = try World.live(options)
        let manifest = try world.reading().manifest
        let all = try KnownBytes(what).versions(in: manifest)
        let shown = all.prefix(Screenful.limit(limit, json: json) ?? all.count)
        try show(shown, manifest)
        if all.isEmpty, !json { Terminal.note("nothing in the archive has these bytes") }
        if all.count > shown.count {
            Terminal.note("and \(all.count - shown.count) more: raise --limit")
        }
    }

    private func show(_ files: ArraySlice<FileVersion>, _ manifest: SQLiteManifest) throws {
        var cells: [[String]] = []
        try manifest.forEachPage(of: files) { rows in
            let seen = try manifest.spans(of: rows)
            if json {
                for row in rows { Terminal.print(Self.json(row, seen[FileVersion(row)])) }
            } else {
                cells += rows.map { Self.cells($0, seen[FileVersion($0)]) }
            }
        }
        Columns(rows: cells, right: [0]).lines.forEach { Terminal.print($0) }
    }

    private static func json(_ row: FileRow, _ seen: ByteSpan?) -> JSON {
        var object = row.json
        if let first = seen?.first { object.append("first_seen", .string(first)) }
        if let last = seen?.last { object.append("last_seen", .string(last)) }
        return .object(object)
    }

    private static func cells(_ row: FileRow, _ seen: ByteSpan?) -> [String] {
        [
            row.isOlder ? "\(row.id)@\(row.version)" : String(row.id),
            seen?.first.map(LocalTime.text) ?? "-", seen?.last.map(LocalTime.text) ?? "-",
            row.place.shown, row.name.shown,
            row.isOlder ? "replaced" : row.vanished == nil ? "" : "vanished",
        ]
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
    func versions(in manifest: SQLiteManifest) throws -> [FileVersion] {
        let digest = try KeyArgument.digest(beginning: try digits, of: text, in: manifest)
        return try digest.map { try manifest.versions(with: $0) } ?? []
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
