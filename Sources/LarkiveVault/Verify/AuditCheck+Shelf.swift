internal import LarkiveCore

extension AuditCheck {
    /// Each sealed segment had a note, but for the last one before a restart; where the key was
    /// changed, it had one of either key.
    mutating func checkShelf(_ files: [NoteFile], _ good: [Signed]) {
        // Of a folder that cannot be read nobody knows what it lacks.
        let folders = unread.filter { $0.hasPrefix("tlog") && !$0.hasSuffix(".note") }
        guard folders.isSubset(of: ["tlog/checkpoint", FoundNotes.keys]) else { return }
        let shelf = files.filter { $0.place == .log }.map(\.path)
        let known = Set((shelf + unread).compactMap(NoteName.init))
        let own = good.filter { [.log, .newest].contains($0.file.place) }.map(\.note)
        let missing = lackingSizes(known, own) + lackingKeys(known, own)
        guard !missing.isEmpty else { return }
        let sizes = missing.prefix(5).joined(separator: ", ")
        let more = missing.count > 5 ? " and \(missing.count - 5) more" : ""
        let detail =
            "no signed note over \(sizes)\(more) records: each segment had one when it was sealed; "
            + "put them back from a backup"
        findings.append(Finding(.notesMissing, FoundNotes.shelves, detail))
    }

    /// A run keeps a note on its shelf, then in `checkpoint`, which was read after the shelf.
    mutating func checkNewest(_ good: [Signed], _ readBefore: Set<NoteFile>) {
        guard let newest = good.first(where: { $0.file.place == .newest }) else { return }
        let kept = good.filter {
            $0.file.place == .log && readBefore.contains($0.file)
                && $0.note.isNewer(than: newest.note)
        }
        guard let most = kept.max(by: { $1.note.isNewer(than: $0.note) }) else { return }
        let detail =
            "it covers \(newest.note.size) records, \(most.file.path) \(most.note.size): a run died "
            + "between the two, or somebody has put an older note here; the next run renews it"
        findings.append(Finding(.noteBehind, newest.file.path, detail))
    }

    private var restarts: Set<Int64> {
        Set(changes.filter { $0.kind == .restarted }.map(\.seq))
    }

    private func lackingSizes(_ known: Set<NoteName>, _ own: [Checkpoint]) -> [String] {
        let signed = own.map(\.size).max() ?? 0
        let sizes = restarts.union(known.map(\.size))
        return ends.filter { $0 <= signed && !sizes.contains($0) }.map(String.init)
    }

    /// Whoever takes over signs what the former key has signed, and so do both.
    private func lackingKeys(_ known: Set<NoteName>, _ own: [Checkpoint]) -> [String] {
        var lacking: [String] = []
        var former: Int64 = 1
        for change in changes {
            let (size, number) = (change.seq + 1, change.key.originNumber)
            let hasBegun = own.contains { $0.originNumber >= number && $0.size >= size }
            let isAnySize = known.contains { $0.size == size }
            if change.kind == .rotated, hasBegun, isAnySize, !restarts.contains(size) {
                lacking += [former, number].filter {
                    !known.contains(NoteName(size: size, number: $0))
                }.map { "\(size) (key \($0))" }
            }
            former = number
        }
        return lacking
    }
}
