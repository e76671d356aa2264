import LarkiveCore
import LarkiveVault

/// What is to be exported: by keys, by filters, or everything.
struct ExportChoice {
    let files: [FileVersion]
    let scope: ExportScope
    /// What was asked for, as it was typed.
    let selection: String

    init(keys: [String], filters: Filters, in manifest: SQLiteManifest) throws {
        selection = Self.words()
        guard !keys.isEmpty else {
            var query = try filters.query()
            // What was replaced in Feishu since is only here.
            query.olderVersions = true
            files = try manifest.search(query).files
            scope = ExportScope(query)
            return
        }
        guard !filters.isGiven else {
            throw UsageError(
                "KEYs and filters cannot be given together",
                hint: "look up with the filters what you want: larkive find"
            )
        }
        var seen: Set<FileVersion> = []
        files = try keys.flatMap { try KeyArgument($0).rows(in: manifest) }.map(FileVersion.init)
            .filter { seen.insert($0).inserted }
        scope = .nothing
    }

    /// The words of the command line that say what, not where, how and why.
    private static func words() -> String {
        let others = ["--config", "--to", "--format", "--reason"]
        var words: [String] = []
        var arguments = CommandLine.arguments.drop { $0 != "export" }.dropFirst()
        while let word = arguments.popFirst() {
            let name = String(word.prefix { $0 != "=" })
            if others.contains(name) {
                if name == word { arguments = arguments.dropFirst() }
            } else if !["--json", "--whole-records"].contains(word) {
                words.append(word.contains(" ") ? "'\(word)'" : word)
            }
        }
        return words.isEmpty ? "everything" : words.joined(separator: " ").shown
    }
}
