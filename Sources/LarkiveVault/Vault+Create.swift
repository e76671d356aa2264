internal import CLinux
internal import FoundationEssentials
package import LarkiveCore

extension Vault {
    /// Makes an archive and its key; returns the key that verifies its notes.
    ///
    /// Dying before `larkive.json` is written leaves folders that the next call uses; dying after it
    /// leaves an archive whose first opening makes the first record.
    package static func create(
        at path: String,
        id: String,
        state: String,
        run: RunID,
        clock: any WallClock
    ) async throws -> VerifierKey {
        lk_private_umask()
        try makeFolders(at: path)
        try makeFolders(at: state)
        let root = try Directory.open(path)
        guard try root.contents(ArchiveIdentity.fileName) == nil else {
            throw VaultError(.exists, "there is an archive in \(path) already")
        }
        guard try root.contents(SQLiteManifest.fileName) == nil, try !hasLog(root) else {
            throw VaultError(
                .exists,
                "\(path) holds an archive whose \(ArchiveIdentity.fileName) is lost",
                hint: "put \(ArchiveIdentity.fileName) back from a backup"
            )
        }
        for name in Layout.folders { _ = try root.makeDirectory(name) }
        let audit = try root.directory("audit")
        for name in Layout.auditFolders { _ = try audit.makeDirectory(name) }
        try DiskObjectStore.create(in: try root.directory("objects"))
        try forgetUnfinished(state: state, audit: audit)
        let identity = ArchiveIdentity(id: id, created: clock.now())
        let verifier = try makeKey(for: identity, in: try Directory.open(state), audit: audit)
        try root.replace(ArchiveIdentity.fileName, with: identity.bytes)
        let vault = try await open(at: path, state: state, run: run, clock: clock)
        try await vault.journal.seal()
        vault.cleanUp()
        return verifier
    }

    /// A new archive's id.
    package static func newID() -> String { UUID().uuidString.lowercased() }

    private static func makeFolders(at path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
        } catch {
            throw VaultError(.notWritable, "\(path) cannot be made")
        }
    }

    private static func makeKey(
        for identity: ArchiveIdentity,
        in state: Directory,
        audit: Directory
    ) throws -> VerifierKey {
        guard try state.contents(keyFile) == nil else {
            throw VaultError(
                .exists,
                "\(state.path) holds the key of another archive",
                hint: "give this archive a state folder of its own"
            )
        }
        let key = SigningKey.made()
        let verifier = key.verifier(for: "larkive/\(identity.id)/1")
        let keys = try audit.directory("tlog").makeDirectory("keys")
        _ = try keys.createOnce(
            "1-\(Hex.text(verifier.id)).vkey",
            with: Array("\(verifier)\n".utf8)
        )
        try state.replace(keyFile, with: key.file.reveal())
        return verifier
    }

    private static func hasLog(_ root: Directory) throws -> Bool {
        guard let audit = try? root.directory("audit") else { return false }
        return try audit.contents(JournalFile.name) != nil || Segments(audit: audit).last() != nil
    }
}
