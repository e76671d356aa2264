internal import LarkiveCore

/// What an `init` that died has left to the next command.
extension Vault {
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
