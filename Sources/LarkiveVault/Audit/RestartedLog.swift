internal import LarkiveCore

/// A log whose records are sound, with a new key and a tree made from the records alone.
struct RestartedLog {
    let log: OpenedLog
    /// The most that any note says was signed before.
    let former: KeyChange.Former?

    init(_ layout: Layout, state: Directory, at now: Timestamp) throws {
        let segments = Segments(audit: layout.audit)
        let tlog = try layout.audit.makeDirectory("tlog")
        var check = AuditCheck(audit: layout.audit)
        check.witnesses = .state(state.path)
        try check.run()
        try Self.refuseChanged(check)
        let notes = NoteFile.all(in: layout.audit, check.witnesses).compactMap(\.checkpoint)
        let signed = notes.max { $1.isNewer(than: $0) }
            .map { KeyChange.Former(size: $0.size, root: $0.root) }
        let known = KeyChange.Former(size: Self.known(to: layout), root: nil)
        let begun = try RestartMark.open(in: state)?.former
        former = [signed, begun, known].compactMap { $0 }.filter { $0.size > 0 }
            .reduce(nil) { most, next in next.size > most?.size ?? 0 ? next : most }
        let origin = try Self.nextOrigin(layout, tlog, notes, check.changes)
        // Dying after this leaves a key that nothing speaks of.
        let key = try KeyFile.makeNext(in: state)
        let shelf = NoteShelf(tlog: tlog, state: state, key: key, origin: origin)
        // Tiles of records that were cut off would be taken for those of new ones.
        let tiles = try FreshTiles(from: segments, in: layout.quarantine, at: now)
        // Dying after this leaves a restart that every command names.
        try RestartMark(key: shelf.verifier, former: former).write(to: state)
        let tree = try tiles.takeOver(in: tlog)
        let sealed = try OpenedLog.end(of: try segments.last(), in: segments)
        log = try OpenedLog(segments, layout.quarantine, shelf, sealed, tree)
    }

    /// What is damaged is not signed anew: it has to come from a backup.
    private static func refuseChanged(_ check: AuditCheck) throws {
        let grave: Set<Finding.Code> = [
            .lineInvalid, .lineOutOfOrder, .segmentMissing, .segmentUnreadable, .noteContradicts,
        ]
        guard let worst = check.findings.first(where: { grave.contains($0.code) }) else { return }
        throw VaultError(
            .auditDamaged,
            "\(worst.subject): \(worst.detail)",
            hint: "a restart keeps records, it mends none: put audit/ back from a backup first"
        )
    }

    private static func nextOrigin(
        _ layout: Layout,
        _ tlog: Directory,
        _ notes: [Checkpoint],
        _ changes: [KeyChange]
    ) throws -> Origin {
        let bytes = try layout.root.contents(ArchiveIdentity.fileName) ?? []
        let identity = try ArchiveIdentity(reading: bytes)
        let keys = (try? NoteShelf.keys(in: tlog)) ?? []
        let used =
            keys.map(\.originNumber) + notes.map(\.originNumber) + changes.map(\.key.originNumber)
        return Origin(archive: identity.id, number: max(1, used.max() ?? 0) + 1)
    }

    /// How many records the manifest has seen; 0 when it cannot tell.
    static func known(to layout: Layout) -> Int64 {
        ((try? SQLiteManifest(reading: layout.manifestPath).appliedSeq()) ?? -1) + 1
    }

    /// A manifest that knows more than the log is made again from the log.
    func putAsideForeignManifest(_ layout: Layout, at now: Timestamp) throws {
        let name = SQLiteManifest.fileName
        guard try layout.root.contents(name) != nil else { return }
        let applied = try? SQLiteManifest(reading: layout.manifestPath).appliedSeq()
        if let applied, applied < log.head.size { return }
        for file in [name, name + "-journal"] where try layout.root.contents(file) != nil {
            let kept = "\(file).\(now.milliseconds)"
            try layout.root.moveWithoutReplacing(file, to: layout.quarantine, as: kept)
        }
        try layout.root.sync()
    }
}
