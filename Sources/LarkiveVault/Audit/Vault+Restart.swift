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
            try refuseForeignState(try StateDirectory.open(state), at: path)
            var former: KeyChange.Former?
            let vault = try Vault(
                at: path,
                run: run,
                clock: clock,
                rules: rules,
                makesManifest: true
            ) { layout in
                let copies = NoteCopies(folders: rules.auditCopies)
                if !isForced { try refuseIntact(layout, state, copies, at: clock.now()) }
                let folder = try StateDirectory.take(state)
                let begun = try RestartedLog(layout, folder, copies, at: clock.now())
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

    private static func refuseIntact(
        _ layout: Layout,
        _ state: String,
        _ copies: NoteCopies,
        at now: Timestamp
    ) throws {
        guard try isIntact(layout, state, copies, at: now) else { return }
        throw VaultError(
            .exists,
            "the log can go on from its end: it needs no restart",
            hint:
                "whether all of it is whole: larkive audit verify; for a new key: larkive audit key "
                + "rotate; to restart it all the same: --force"
        )
    }

    private static func isIntact(
        _ layout: Layout,
        _ state: String,
        _ copies: NoteCopies,
        at now: Timestamp
    ) throws -> Bool {
        do {
            let log = try openLog(layout, state: state, copies: copies, at: now)
            return RestartedLog.known(to: layout) <= log.head.size
        } catch let failure as VaultError where failure.kind == .locked {
            throw failure
        } catch { return false }
    }
}
