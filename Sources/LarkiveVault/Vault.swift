internal import FoundationEssentials
package import LarkiveCore
internal import CLinux

/// An archive that is open for writing: store, audit log and manifest, under the lock.
package struct Vault: Sendable {
    private static let walkFile = "walk.sqlite"

    package let identity: ArchiveIdentity
    package let objects: DiskObjectStore
    package let journal: AuditJournal
    package let manifest: SQLiteManifest
    /// What an earlier run left half-done; nil when it ended by itself.
    package let recovery: Recovery?
    /// What of the log was lost and made again from what is signed, and who could not be asked whether
    /// it is the newest, in words.
    package let remarks: [String]
    let layout: Layout
    private let lock: VaultLock

    package struct Recovery: Sendable {
        package let records: Int
        package let tornBytes: Int
        package let tornDigest: ContentDigest?
        package let quarantined: String?
    }

    /// Takes the lock, heals what a dying run left, and rolls the manifest forward.
    package static func open(
        at path: String,
        state: String,
        run: RunID,
        clock: any WallClock,
        rules: VaultRules = VaultRules()
    ) async throws -> Vault {
        lk_private_umask()
        do {
            let vault = try Vault(at: path, run: run, clock: clock, rules: rules) { layout in
                let copies = NoteCopies(folders: rules.auditCopies)
                return try openLog(layout, state: state, copies: copies, at: clock.now())
            }
            try await vault.journal.seal()
            try await vault.finishRotation()
            try await vault.beginLog()
            try await vault.emptyInbox()
            try await vault.recordLostShards()
            return vault
        } catch { throw VaultError(error) }
    }

    init(
        at path: String,
        run: RunID,
        clock: any WallClock,
        rules: VaultRules,
        makesManifest: Bool = false,
        log openLog: (Layout) throws -> OpenedLog
    ) throws {
        layout = try Layout.openForWriting(path, rules)
        let bytes = try layout.root.contents(ArchiveIdentity.fileName) ?? []
        identity = try ArchiveIdentity(reading: bytes)
        lock = try VaultLock.take(in: layout.root, at: clock.now())
        try layout.emptyStaging(at: clock.now())
        objects = try DiskObjectStore(
            objects: layout.objects,
            staging: layout.staging,
            quarantine: layout.quarantine,
            barriers: Barriers(rules.barrier)
        )
        try HotJournal.setAsideForeign(in: layout, at: clock.now())
        var log = try openLog(layout)
        if !makesManifest { try Self.refuseLostManifest(layout, log) }
        remarks = log.remarks
        manifest = try SQLiteManifest(
            at: layout.manifestPath,
            walk: layout.staging.path(Self.walkFile)
        )
        let forward = RollForward(segments: log.segments, manifest: manifest)
        try forward.refuseShorter(log.head.size)
        try log.setTornAside(in: layout.quarantine)
        journal = AuditJournal(
            log,
            run: run,
            clock: clock,
            copies: NoteCopies(folders: rules.auditCopies),
            salts: Self.salt
        )
        try forward.apply(upTo: log.head.size, leftover: log.leftover)
        try manifest.makeSearchIndex(told: rules.told)
        if let recorded = try manifest.archiveDigest(), !identity.isSpokenOf(by: recorded) {
            throw VaultError.otherIdentity
        }
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

    /// A manifest that is gone or empty, while the log speaks of much, is made again by `rebuild`,
    /// which checks the whole log; a run only goes on where the last one ended.
    private static func refuseLostManifest(_ layout: Layout, _ log: OpenedLog) throws {
        guard log.head.size > 0 else { return }
        let isThere = try layout.root.names().contains(SQLiteManifest.fileName)
        let size = try isThere ? layout.root.file(SQLiteManifest.fileName, .reading).size() : 0
        guard size == 0 else { return }
        throw VaultError(
            .damaged,
            "manifest.sqlite is \(isThere ? "empty" : "missing")",
            hint: "make it again from the log: larkive rebuild"
        )
    }

    @Sendable private static func salt() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<AuditLine.saltBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// Records events and folds them into the manifest.
    package func record(_ events: [AuditEvent]) async throws {
        try manifest.rehearse(events)
        try manifest.apply(try await journal.append(events))
    }

    /// Turns waiting events into records; safe to die at any point, since names are recorded.
    package func emptyInbox() async throws {
        let inbox = Inbox(directory: layout.inbox)
        do {
            let entries = try inbox.entries()
            guard !entries.isEmpty else { return }
            let done = try manifest.recordedEntries(among: entries.map(\.name))
            try await record(entries.filter { !done.contains($0.name) }.map(\.event))
            try inbox.remove(entries.map(\.name))
        } catch let failure as DiskError { throw failure.asAuditError }
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
        do {
            try layout.root.replace(ArchiveIdentity.fileName, with: fixed.bytes)
        } catch { throw VaultError(error) }
        return fixed
    }

    /// Removes what only the walk needed.
    package func cleanUp() {
        // What stays is emptied by the next run.
        try? layout.staging.remove(Self.walkFile)
    }
}
