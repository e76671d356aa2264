import ArgumentParser
import LarkiveCore
import LarkiveVault

struct Find: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Look attachments up by words in their names or by any id.",
        discussion: """
            Every word and filter must match. A word may be any part of the file name, the subject, \
            the sender or the task's summary; case, full and half width, accents' encoding and \
            Chinese punctuation do not matter, and no character has a meaning of its own. Names \
            that are what the words say come first, then names that begin so, then names that have \
            them; newest first. Without arguments everything is listed.

            Dates are days here: 2026, 2026-03, 2026-03-05, or 7d for seven days ago.
            """
    )

    /// Nothing is called by more; each costs a question to the index.
    private static let mostWords = 100

    @OptionGroup var options: CommonOptions
    @OptionGroup var filters: Filters
    @Argument(help: "Words to look for.") var words: [String] = []
    @Option(help: "Show at most this many; on a terminal 50 unless given, else all.")
    var limit: Int?
    @Flag(help: "Show contents that were replaced in Feishu since, as KEY@version.")
    var versions = false
    @Flag(help: "Print one JSON object per line.") var json = false

    func validate() throws { try Screenful.check(limit) }

    func run() async throws {
        for word in words { try Filters.refuseNothing(word, "a word") }
        guard words.count <= Self.mostWords else {
            throw UsageError(
                "\(words.count) words are more than \(Self.mostWords)",
                hint: "put what stands together in quotes, or give fewer"
            )
        }
        var query = try filters.query()
        query.olderVersions = versions
        query.words = words
        query.limit = Screenful.limit(limit, json: json)
        let manifest = try World.live(options).reading().manifest
        let found = try manifest.search(query)
        try show(found, manifest)
        remark(on: found)
    }

    private func show(_ found: FoundFiles, _ manifest: SQLiteManifest) throws {
        var layout = json ? nil : try fitted(found, manifest)
        try manifest.forEachPage(of: found.files) { rows in
            if json { return rows.forEach { Terminal.print(.object($0.json)) } }
            let table = FileTable(rows)
            let current = layout ?? FileTable.Layout(table.widths)
            table.lines(in: current).forEach { Terminal.print($0) }
            layout = current
        }
    }

    /// On a terminal every row has its say before the first is printed.
    private func fitted(
        _ found: FoundFiles,
        _ manifest: SQLiteManifest
    ) throws -> FileTable.Layout? {
        guard let columns = Terminal.columns else { return nil }
        var widths = [Int](repeating: 0, count: 6)
        try manifest.forEachPage(of: found.files) { rows in
            widths = zip(widths, FileTable(rows).widths).map(max)
        }
        return FileTable.Layout(widths, fitting: columns)
    }

    private func remark(on found: FoundFiles) {
        switch found.more {
        case .exactly(0): break
        case .exactly(let count):
            Terminal.note("and \(count) more: give more words, or raise --limit")
        case .moreThan(let count):
            Terminal.note("and more than \(count) more: give more words, or raise --limit")
        }
        if !found.isIndexed {
            Terminal.note("there is no search index, every row was read: the next sync makes it")
        }
    }
}
