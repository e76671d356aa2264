internal import LarkiveCore

/// What an `init` that died has left to the next command.
extension Vault {
    /// The id of an archive of which nothing has been signed yet, since its init came to no end.
    package static func begunID(at path: String) -> String? {
        (try? Directory.open(path)).flatMap { try? begun(in: $0) }
    }

    static func begun(in root: Directory) throws -> String? {
        guard let bytes = try root.contents(ArchiveIdentity.fileName),
            let audit = try? root.directory("audit"), let tlog = try? audit.directory("tlog"),
            try tlog.look(at: NoteShelf.newest) == nil, try Segments(audit: audit).last() == nil
        else { return nil }
        return try ArchiveIdentity(reading: bytes).id
    }

    /// Makes the first record and signs it; returns the key that has.
    static func begin(
        at path: String,
        _ state: String,
        _ run: RunID,
        _ clock: any WallClock,
        _ rules: VaultRules
    ) async throws -> VerifierKey {
        let vault = try await open(at: path, state: state, run: run, clock: clock, rules: rules)
        try await vault.journal.seal()
        vault.cleanUp()
        return await vault.journal.ownKey
    }

    /// Takes a key away that has signed nothing: an earlier init died before `larkive.json`.
    ///
    /// The key in STATE is of that init only when the archive's own folder speaks of it; any other
    /// key stays. Dying in the middle leaves public keys alone, which the next call takes away.
    static func forgetUnfinished(state path: String, audit: Directory) throws {
        guard let tlog = try? audit.directory("tlog"), let folder = try? tlog.directory("keys")
        else { return }
        let state = try Directory.open(path)
        let known = try NoteShelf.keys(in: tlog)
        if let file = try state.contents(KeyFile.name), let key = SigningKey(file: file) {
            guard known.contains(where: { $0 == key.verifier(for: $0.name) }) else { return }
            try state.remove(KeyFile.name)
            try state.sync()
        }
        for name in try folder.names() { try folder.remove(name) }
        try folder.sync()
    }

    /// Makes the first record, which an init that died after `larkive.json` has left out.
    func beginLog() async throws {
        guard await journal.size == 0 else { return }
        try await record([
            AuditEvent(.archiveCreated, ["sha256": .string(identity.digest.hex)])
        ])
    }
}
