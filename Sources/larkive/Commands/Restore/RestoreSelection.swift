import LarkiveCore
import LarkiveVault

/// What is to be given back: by KEYs, or by the filters of `find`.
struct RestoreSelection {
    let keys: [String]
    let filters: Filters
    /// Whether filters choose contents that were replaced since as well.
    let withOlder: Bool

    /// Throws for a KEY that nothing has; filters may match nothing.
    func files(in manifest: SQLiteManifest) throws -> [FileVersion] {
        guard keys.isEmpty else { return try byKeys(in: manifest) }
        var query = try filters.query()
        query.olderVersions = withOlder
        let found = try manifest.search(query).files
        let wanted = try manifest.leavingOutSkipped(found)
        let skipped = found.count - wanted.count
        if skipped > 0 {
            let words = Figures.count(Int64(skipped), "attachment is", "attachments are")
            Terminal.note("\(words) left out, since a rule says that they are not archived")
        }
        return wanted
    }

    /// Each once, in the order in which they are asked for.
    private func byKeys(in manifest: SQLiteManifest) throws -> [FileVersion] {
        var seen: Set<FileVersion> = []
        return try keys.flatMap { try KeyArgument($0).rows(in: manifest) }.map(FileVersion.init)
            .filter { seen.insert($0).inserted }
    }
}

extension SQLiteManifest {
    fileprivate func leavingOutSkipped(_ files: [FileVersion]) throws -> [FileVersion] {
        var wanted: [FileVersion] = []
        try forEachPage(of: files) { rows in
            wanted += rows.filter { $0.state != "skipped" || $0.sha256 != nil }
                .map(FileVersion.init)
        }
        return wanted
    }
}
