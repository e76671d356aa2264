package import LarkiveCore

extension Vault {
    /// Opens the log with the key in STATE, and compares it with what STATE has seen.
    static func openLog(
        _ layout: Layout,
        state path: String,
        copies: NoteCopies,
        at now: Timestamp
    ) throws -> OpenedLog {
        let state = try StateDirectory.take(path)
        try putNextKeyInPlace(layout, state)
        try RestartMark.refuseOpen(in: state)
        guard let key = try KeyFile.read(KeyFile.name, in: state) else { throw lostKey(path) }
        let lost = LostKeyFile(layout: layout, state: state, key: key)
        let remade = try lost.putBack(at: now)
        try LostKeyFile.refuseOlderArchive(layout, state)
        try LostKeyFile.refuseReplacedKeys(layout, state)
        var log = try OpenedLog(
            audit: layout.audit,
            quarantine: layout.quarantine,
            state: state,
            key: key,
            at: now
        )
        try copies.refuseOlder(log)
        // The first record of all has been copied nowhere.
        let unasked = log.tree.size > 0 ? copies.remarks(on: log.shelf.origin.archive) : []
        log.remarks = remade + log.remarks + unasked
        return log
    }

    /// Throws what a run would be refused with for STATE, the end of the log and the manifest's file;
    /// changes nothing, and reads no more than one segment.
    ///
    /// False where a folder is missing that a run would make again: only STATE was looked at then.
    package static func lookAtLog(of archive: String, state path: String) throws(VaultError) -> Bool
    {
        do {
            let state = try StateDirectory.open(path)
            if try RestartMark.open(in: state) != nil { throw VaultError.unfinishedRestart }
            guard let key = try KeyFile.read(KeyFile.name, in: state) else { throw lostKey(path) }
            guard let layout = try? Layout.open(archive) else { return false }
            try LostKeyFile.refuseOlderArchive(layout, state)
            try LostKeyFile.refuseReplacedKeys(layout, state)
            let isChanging = try KeyFile.read(KeyFile.next, in: state) != nil
            // What a run finishes or puts back first is no reason to refuse.
            let lost = LostKeyFile(layout: layout, state: state, key: key)
            if !isChanging, try !lost.isLost() {
                try OpenedLog.look(in: layout.audit, state: state, key: key)
            }
            try ManifestLook(root: layout.root).refuseDamaged()
            return true
        } catch { throw VaultError(error) }
    }

    private static func lostKey(_ path: String) -> VaultError {
        VaultError(.keyMissing, "there is no signing key in \(path)", hint: KeyFile.restore)
    }

    /// A change of keys that died after its first note and before its last step.
    private static func putNextKeyInPlace(_ layout: Layout, _ state: Directory) throws {
        guard let next = try KeyFile.read(KeyFile.next, in: state),
            let text = SeenNote.text(in: state.path),
            let tlog = try? layout.audit.directory("tlog")
        else { return }
        let keys = ((try? NoteShelf.keys(in: tlog)) ?? []).filter {
            next.verifier(for: $0.name) == $0
        }
        guard let note = SignedNote(text, signedByAnyOf: keys),
            let origin = Origin(note.checkpoint.origin)
        else { return }
        try NoteShelf(tlog: tlog, state: state, key: next, origin: origin).makeKeyCurrent()
    }

    /// Makes tiles that are missing or damaged again from the records; returns what was done.
    ///
    /// They stay as they are unless the records are those that were signed, and no tile speaks of
    /// more records than are here.
    package func remakeTiles(at now: Timestamp) throws -> [String] {
        do {
            var check = AuditCheck(audit: layout.audit)
            try check.run()
            let faults = check.findings.filter { $0.code.isError && $0.code.isAudit }
            guard check.hasBrokenTiles || check.hasWideTiles else { return [] }
            if check.hasWideTiles || faults.contains(where: { $0.code != .tileWrong }) {
                return [
                    "tlog/tile is left as it is, the log has other faults: larkive audit verify"
                ]
            }
            let tlog = try layout.audit.directory("tlog")
            let segments = journal.segments
            _ = try FreshTiles(from: segments, in: layout.quarantine, at: now).takeOver(in: tlog)
            return [LogTiles.remade]
        } catch { throw VaultError(error) }
    }

    /// Gives the archive a new key that the former one vouches for; returns its public half.
    ///
    /// Dying before the record leaves a key that nothing speaks of, and that is removed. Dying
    /// after it is finished by the next opening: nothing comes between the record and the new
    /// key's first note.
    package func rotateKey(hidden: JSONObject) async throws -> VerifierKey {
        do {
            let next = try KeyFile.makeNext(in: await journal.state)
            let verifier = await journal.following(next)
            try await record([KeyChange.rotated(to: verifier, hidden: hidden)])
            try await journal.seal()
            try await journal.goOn(with: next)
            return verifier
        } catch { throw VaultError(error) }
    }

    /// Finishes a change of keys whose record is the last one; forgets a key without a record.
    func finishRotation() async throws {
        let state = await journal.state
        guard let next = try KeyFile.read(KeyFile.next, in: state) else { return }
        let following = await journal.following(next)
        if await journal.announced == following {
            try await journal.goOn(with: next)
        } else {
            try state.remove(KeyFile.next)
        }
    }
}
