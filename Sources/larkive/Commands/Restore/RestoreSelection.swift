import LarkiveCore
import LarkiveVault

/// What is to be given back: by KEYs, or by the filters of `find`.
struct RestoreSelection {
    let keys: [String]
    let filters: Filters

    /// Throws for a KEY that nothing has; filters may match nothing.
    func rows(in manifest: SQLiteManifest) throws -> [FileRow] {
        guard keys.isEmpty else { return try byKeys(in: manifest) }
        let found = try manifest.find(filters.query())
        let skipped = found.filter { $0.state == "skipped" && $0.sha256 == nil }
        if !skipped.isEmpty {
            let words = Figures.count(Int64(skipped.count), "attachment is", "attachments are")
            Terminal.note("\(words) left out, since a rule says that they are not archived")
        }
        return found.filter { $0.state != "skipped" || $0.sha256 != nil }
    }

    /// Each once, in the order in which they are asked for.
    private func byKeys(in manifest: SQLiteManifest) throws -> [FileRow] {
        var seen: Set<String> = []
        return try keys.flatMap { try KeyArgument($0).rows(in: manifest) }
            .filter { seen.insert("\($0.id)@\($0.version)").inserted }
    }
}

extension Filters {
    /// Whether anything is asked for.
    var isGiven: Bool {
        let texts = [
            name, from, mailbox, task, message, attachment, guid, fileToken, sha256, after, before,
            minSize, maxSize, source,
        ]
        return vanished || texts.contains { $0 != nil }
    }
}
