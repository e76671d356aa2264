internal import CLinux
internal import FoundationEssentials
package import LarkiveCore

extension Vault {
    /// Makes an archive and its key, or finishes one that an init has begun; returns the key that
    /// verifies its notes.
    ///
    /// Dying before `larkive.json` is written leaves folders that the next call uses; dying after it
    /// leaves an archive whose first opening makes the first record.
    package static func create(
        at path: String,
        id: String,
        state: String,
        run: RunID,
        clock: any WallClock,
        rules: VaultRules = VaultRules()
    ) async throws -> VerifierKey {
        lk_private_umask()
        do {
            return try await made(at: path, id, state: state, run, clock, rules)
        } catch { throw VaultError(error) }
    }

    private static func made(
        at path: String,
        _ id: String,
        state: String,
        _ run: RunID,
        _ clock: any WallClock,
        _ rules: VaultRules
    ) async throws -> VerifierKey {
        if (try? Directory.open(path)) == nil { try refuseForeignKey(in: state, nil) }
        try makeFolders(at: path)
        let outside = try Directory.open(path)
        try Layout.checkOwner(of: outside)
        try outside.fileSystem().check(path, rules)
        if try begun(in: outside) == id {
            return try await begin(at: path, state, run, clock, rules)
        }
        try refuseArchive(in: outside, path)
        try refuseForeignKey(in: state, outside)
        try makeFolders(at: state)
        try outside.close()
        let root = try outside.guarded()
        for name in Layout.folders { _ = try root.makeDirectory(name) }
        let audit = try root.directory("audit")
        for name in Layout.auditFolders { _ = try audit.makeDirectory(name) }
        try DiskObjectStore.create(in: try root.directory("objects"))
        try forgetUnfinished(state: state, audit: audit)
        let identity = ArchiveIdentity(id: id, created: clock.now())
        try makeKey(for: identity, in: try StateDirectory.open(state), audit: audit)
        try root.replace(ArchiveIdentity.fileName, with: identity.bytes)
        return try await begin(at: path, state, run, clock, rules)
    }

    /// Looks at an archive as a writer would, without the lock; throws what would be refused.
    package static func look(at path: String, rules: VaultRules) throws {
        do {
            try Layout.look(path, rules)
        } catch { throw VaultError(error) }
    }

    /// Whether a folder is in memory, and gone when the machine stops.
    package static func isVolatile(at path: String) throws -> Bool {
        do {
            return try Directory.open(path).fileSystem().verdict == .volatile
        } catch { throw VaultError(error) }
    }

    /// A new archive's id.
    package static func newID() -> String { UUID().uuidString.lowercased() }

    static func makeFolders(at path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
        } catch {
            throw VaultError(
                .notWritable,
                "\(path) cannot be made",
                hint: "make it by hand: mkdir -p"
            )
        }
        Directory.keepName(of: path)
    }

    private static func makeKey(
        for identity: ArchiveIdentity,
        in state: Directory,
        audit: Directory
    ) throws {
        guard try state.contents(KeyFile.name) == nil else { throw foreignKey(in: state.path) }
        let key = SigningKey.made()
        let origin = Origin(archive: identity.id, number: 1)
        let verifier = key.verifier(for: origin.description)
        let keys = try audit.directory("tlog").makeDirectory("keys")
        _ = try keys.createOnce(verifier.fileName, with: Array("\(verifier)\n".utf8))
        try state.replace(KeyFile.name, with: key.file.reveal())
    }

    private static func refuseArchive(in outside: Directory, _ path: String) throws {
        guard try outside.look(at: ArchiveIdentity.fileName) == nil else {
            throw VaultError(.exists, "there is an archive in \(path) already")
        }
        guard try outside.look(at: SQLiteManifest.fileName) == nil, try !hasLog(outside) else {
            throw VaultError(
                .exists,
                "\(path) holds an archive whose \(ArchiveIdentity.fileName) is lost",
                hint: "put \(ArchiveIdentity.fileName) back from a backup"
            )
        }
    }

    /// Before anything is made; a key that the archive's own folder names is of an init that died.
    private static func refuseForeignKey(in path: String, _ root: Directory?) throws {
        guard let state = try? Directory.open(path), let file = try state.contents(KeyFile.name)
        else { return }
        let tlog = try? root?.directory("audit").directory("tlog")
        let known = tlog.flatMap { try? NoteShelf.keys(in: $0) } ?? []
        let key = SigningKey(file: file)
        guard !known.contains(where: { $0 == key?.verifier(for: $0.name) }) else { return }
        throw foreignKey(in: path)
    }

    private static func foreignKey(in state: String) -> VaultError {
        VaultError(
            .exists,
            "\(state) holds the key of another archive",
            hint: "give this archive a state folder of its own"
        )
    }

    private static func hasLog(_ root: Directory) throws -> Bool {
        guard try root.look(at: "audit") != nil else { return false }
        let audit = try root.directory("audit")
        return try audit.contents(JournalFile.name) != nil || Segments(audit: audit).last() != nil
    }
}
