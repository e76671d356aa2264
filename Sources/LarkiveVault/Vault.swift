internal import FoundationEssentials
package import LarkiveCore
internal import CLinux

/// The folders of an archive, and STATE beside it.
struct Layout: Sendable {
    static let folders = ["objects", "staging", "quarantine", "audit"]
    static let auditFolders = ["tlog", "inbox"]

    let root: Directory
    let objects: Directory
    let staging: Directory
    let quarantine: Directory
    let audit: Directory
    let inbox: Directory

    init(root: Directory) throws(DiskError) {
        self.root = root
        objects = try root.directory("objects")
        staging = try root.directory("staging")
        quarantine = try root.directory("quarantine")
        audit = try root.directory("audit")
        inbox = try audit.directory("inbox")
    }

    static func open(_ path: String) throws -> Layout {
        let root: Directory
        do {
            root = try Directory.open(path)
        } catch { throw missing(path) }
        guard try root.contents(ArchiveIdentity.fileName) != nil else { throw missing(path) }
        return try Layout(root: root)
    }

    private static func missing(_ path: String) -> VaultError {
        VaultError(
            .noArchive,
            "there is no archive in \(path)",
            hint: "make one: larkive init \(path)"
        )
    }

    var manifestPath: String { root.path(SQLiteManifest.fileName) }
}

/// An archive that is open for writing: store, audit log and manifest, under the lock.
package struct Vault: Sendable {
    private static let walkFile = "walk.sqlite"
    static let keyFile = "key"

    package let identity: ArchiveIdentity
    package let objects: DiskObjectStore
    package let journal: AuditJournal
    package let manifest: SQLiteManifest
    /// What an earlier run left half-done; nil when it ended by itself.
    package let recovery: Recovery?
    private let layout: Layout
    private let lock: VaultLock

    package struct Recovery: Sendable {
        package let records: Int
        package let tornBytes: Int
        package let tornDigest: ContentDigest?
        package let quarantined: String?
    }

    /// Makes an archive and its key; returns the key that verifies its notes.
    ///
    /// Dying before `larkive.json` is written leaves folders that the next call uses.
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
        for name in Layout.folders { _ = try root.makeDirectory(name) }
        let audit = try root.directory("audit")
        for name in Layout.auditFolders { _ = try audit.makeDirectory(name) }
        try DiskObjectStore.create(in: try root.directory("objects"))
        let identity = ArchiveIdentity(id: id, created: clock.now())
        let verifier = try makeKey(for: identity, in: try Directory.open(state), audit: audit)
        try root.replace(ArchiveIdentity.fileName, with: identity.bytes)
        let vault = try await open(at: path, state: state, run: run, clock: clock)
        try await vault.record([
            AuditEvent(.archiveCreated, ["sha256": .string(identity.digest.hex)])
        ])
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

    /// Takes the lock, heals what a dying run left, and rolls the manifest forward.
    package static func open(
        at path: String,
        state: String,
        run: RunID,
        clock: any WallClock
    ) async throws -> Vault {
        lk_private_umask()
        do {
            let vault = try Vault(at: path, state: state, run: run, clock: clock)
            try await vault.journal.seal()
            try await vault.emptyInbox()
            return vault
        } catch { throw VaultError(error) }
    }

    private init(at path: String, state: String, run: RunID, clock: any WallClock) throws {
        layout = try Layout.open(path)
        let owner = try layout.root.owner()
        guard owner == lk_owner() else {
            throw VaultError(
                .notOwner,
                "the archive belongs to user id \(owner)",
                hint: "run it as the owner: sudo -u '#\(owner)' larkive ..."
            )
        }
        let bytes = try layout.root.contents(ArchiveIdentity.fileName) ?? []
        identity = try ArchiveIdentity(reading: bytes)
        lock = try VaultLock.take(in: layout.root, at: clock.now())
        for name in try layout.staging.names() { try layout.staging.remove(name) }
        objects = try DiskObjectStore(
            objects: layout.objects,
            staging: layout.staging,
            quarantine: layout.quarantine
        )
        let log = try Self.openLog(layout, state: state, clock: clock)
        manifest = try SQLiteManifest(
            at: layout.manifestPath,
            walk: layout.staging.path(Self.walkFile)
        )
        journal = AuditJournal(log, run: run, clock: clock, salts: Self.salt)
        try RollForward(segments: log.segments, manifest: manifest)
            .apply(upTo: log.head.size, leftover: log.leftover)
        recovery =
            log.leftover.isEmpty && log.torn == nil
            ? nil
            : Recovery(
                records: log.leftover.count,
                tornBytes: log.torn?.bytes ?? 0,
                tornDigest: log.torn?.digest,
                quarantined: log.torn?.file
            )
    }

    private static func openLog(
        _ layout: Layout,
        state path: String,
        clock: any WallClock
    ) throws -> OpenedLog {
        guard let state = try? Directory.open(path), let file = try state.contents(keyFile),
            let key = SigningKey(file: file)
        else {
            throw VaultError(
                .keyMissing,
                "there is no signing key in \(path)",
                hint: "check `state:` in the config, or restore STATE"
            )
        }
        return try OpenedLog(
            audit: layout.audit,
            quarantine: layout.quarantine,
            state: state,
            key: key,
            at: clock.now()
        )
    }

    @Sendable private static func salt() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<AuditLine.saltBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// Records events and folds them into the manifest.
    package func record(_ events: [AuditEvent]) async throws {
        try manifest.apply(try await journal.append(events))
    }

    /// Turns waiting events into records; safe to die at any point, since names are recorded.
    package func emptyInbox() async throws {
        let inbox = Inbox(directory: layout.inbox)
        let entries = try inbox.entries()
        guard !entries.isEmpty else { return }
        let done = try manifest.recordedEntries(among: entries.map(\.name))
        try await record(entries.filter { !done.contains($0.name) }.map(\.event))
        try inbox.remove(entries.map(\.name))
    }

    /// Fixes the platform at the first sync; another one is refused from then on.
    package func fixBrand(_ brand: String) throws -> ArchiveIdentity {
        if let known = identity.brand {
            guard known == brand else {
                throw VaultError(
                    .otherBrand,
                    "this archive belongs to \(known), the config names \(brand)",
                    hint: "use another archive for another platform, or mend feishu.base_url"
                )
            }
            return identity
        }
        let fixed = ArchiveIdentity(id: identity.id, created: identity.created, brand: brand)
        try layout.root.replace(ArchiveIdentity.fileName, with: fixed.bytes)
        return fixed
    }

    /// Removes what only the walk needed.
    package func cleanUp() {
        try? layout.staging.remove(Self.walkFile)
    }
}

extension Directory {
    func owner() throws(DiskError) -> UInt32 {
        var found = lk_stat()
        try checked(lk_stat_fd(descriptor, &found), "stat", path)
        return found.owner
    }
}

/// Brings a manifest that is behind up to the log.
struct RollForward {
    let segments: Segments
    let manifest: SQLiteManifest

    func apply(upTo size: Int64, leftover: [AuditRecord]) throws {
        let applied = try manifest.appliedSeq()
        guard applied < size else {
            throw VaultError(
                .rolledBack,
                "the manifest knows \(applied + 1) records, the log has \(size)",
                hint: "run `larkive audit verify`; a part of audit/ is missing"
            )
        }
        let firstLeftover = leftover.first?.seq ?? size
        if applied + 1 < firstLeftover {
            for name in try OpenedLog.names(from: applied + 1, segments) {
                let lines = try Lines(segments.read(name))
                    .map { try AuditLine(reading: Array($0)) }
                try manifest.apply(lines.map(\.record))
            }
        }
        try manifest.apply(leftover)
    }
}
