import LarkiveCore
import LarkiveVault

/// What is to be exported: by keys, by filters, or everything.
struct ExportChoice {
    let rows: [FileRow]
    let scope: ExportScope
    /// What was asked for, as it was typed.
    let selection: String

    init(keys: [String], filters: Filters, in manifest: SQLiteManifest) throws {
        let query = try filters.query()
        selection = Self.words()
        guard !keys.isEmpty else {
            rows = try manifest.find(query)
            scope = ExportScope(query)
            return
        }
        guard query.narrows(by: []) else {
            throw UsageError(
                "KEYs and filters cannot be given together",
                hint: "look up with the filters what you want: larkive find"
            )
        }
        var seen: Set<String> = []
        rows = try keys.flatMap { try KeyArgument($0).rows(in: manifest) }
            .filter { seen.insert($0.key).inserted }
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
        return words.isEmpty ? "everything" : Terminal.escaped(words.joined(separator: " "))
    }
}
