internal import CLinux
package import LarkiveCore

extension Vault {
    /// Begins the log anew over the records that are here: another key, and a record that says so.
    ///
    /// The way out of a lost key, a lost STATE and a restored backup. Refused for a log that can
    /// be opened, unless `isForced`; and for one whose records are not those that were signed.
    /// Dying at any point leaves a log that can be opened, or restarted once more: no key signs
    /// before the record that names it is sealed, and nothing is signed twice under one name.
    package static func restart(
        at path: String,
        state: String,
        run: RunID,
        clock: any WallClock,
        rules: VaultRules = VaultRules(),
        isForced: Bool = false,
        hidden: JSONObject
    ) async throws -> (vault: Vault, change: KeyChange) {
        lk_private_umask()
        do {
            try makeFolders(at: state)
            let folder = try StateDirectory.open(state)
            try refuseForeignState(folder, at: path)
            var former: KeyChange.Former?
            let vault = try Vault(
                at: path,
                run: run,
                clock: clock,
                rules: rules,
                makesManifest: true
            ) { layout in
                if !isForced { try refuseIntact(layout, state, at: clock.now()) }
                let begun = try RestartedLog(layout, state: folder, at: clock.now())
                former = begun.former
                try begun.putAsideForeignManifest(layout, at: clock.now())
                return begun.log
            }
            let verifier = await vault.journal.ownKey
            let event = KeyChange.restarted(with: verifier, former: former, hidden: hidden)
            try await vault.record([event])
            try await vault.journal.seal()
            try await vault.journal.makeKeyCurrent()
            try await vault.emptyInbox()
            try await vault.journal.seal()
            guard let change = await vault.journal.restart else {
                throw VaultError(.damaged, "the restart has no record")
            }
            return (vault, change)
        } catch { throw VaultError(error) }
    }

    /// Another archive's STATE holds its only key.
    private static func refuseForeignState(_ state: Directory, at path: String) throws {
        let bytes = try state.contents(NoteShelf.seen) ?? []
        let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard let origin = Origin(text) else { return }
        let identity = try ReadingVault.identity(at: path)
        guard origin.archive != identity.id else { return }
        throw VaultError(
            .refused,
            "\(state.path) belongs to the archive \(origin.archive), this one is \(identity.id)",
            hint: "mend `state:` in the config: it holds the only key of that archive"
        )
    }

    private static func refuseIntact(_ layout: Layout, _ state: String, at now: Timestamp) throws {
        guard let log = try? openLog(layout, state: state, at: now),
            RestartedLog.known(to: layout) <= log.head.size
        else { return }
        throw VaultError(
            .exists,
            "the log is in order: it needs no restart",
            hint: "for a new key: larkive audit key rotate; to restart it all the same: --force"
        )
    }
}

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
        let known = Self.known(to: layout)
        former = known > signed?.size ?? 0 ? KeyChange.Former(size: known, root: nil) : signed
        let origin = try Self.nextOrigin(layout, tlog, notes, check.changes)
        // Dying after this leaves a key that nothing speaks of.
        let key = try KeyFile.makeNext(in: state)
        let shelf = NoteShelf(tlog: tlog, state: state, key: key, origin: origin)
        try Self.putAsideTiles(layout, tlog, at: now)
        let (sealed, tree) = try Self.replant(segments, TileDirectory(directory: tlog))
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

    /// Tiles of records that were cut off would be taken for those of new ones.
    ///
    /// Dying after this leaves a log without tiles, which only another restart opens.
    private static func putAsideTiles(
        _ layout: Layout,
        _ tlog: Directory,
        at now: Timestamp
    ) throws {
        guard (try? tlog.directory("tile")) != nil else { return }
        let name = "tiles.\(now.milliseconds)"
        var (kept, count) = (name, 0)
        while (try? layout.quarantine.directory(kept)) != nil {
            count += 1
            kept = "\(name).\(count)"
        }
        try tlog.moveWithoutReplacing("tile", to: layout.quarantine, as: kept)
        try layout.quarantine.sync()
        try tlog.sync()
    }

    private static func replant(
        _ segments: Segments,
        _ tiles: TileDirectory
    ) throws -> (OpenedLog.Sealed, MerkleTree<TileDirectory>) {
        var tree = MerkleTree(tiles: tiles, size: 0)
        for name in try segments.all() {
            let former = tree.size
            try tree.append(try OpenedLog.leaves(of: name, in: segments, from: former))
            try tiles.prune(from: former, to: tree.size)
        }
        return (try OpenedLog.end(of: try segments.last(), in: segments), tree)
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
