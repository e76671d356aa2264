internal import CLinux
internal import LarkiveCore

/// Opens the manifest for looking, also when a run has died in the middle of a commit.
///
/// SQLite leaves a journal then, and takes the half-written pages back at the next opening that may
/// write. A live run never shows one: it holds SQLite's own lock while it writes. Where it stands
/// still with that lock, a copy is opened.
struct HotJournal {
    static let name = SQLiteManifest.fileName + "-journal"
    private static let pauseMilliseconds: UInt32 = 50
    private static let looks = 100
    /// A look at a manifest in use has waited for as long as this many others.
    private static let longLook = 25

    let root: Directory
    var patience = SQLiteManifest.patience

    private var path: String { root.path(SQLiteManifest.fileName) }

    /// Opens it; `waiting` is called between looks at a manifest that a run is about to heal.
    func reader(waiting: () -> Void = HotJournal.pause) throws -> SQLiteManifest {
        // SQLite would wait for ever for a pipe in their place.
        for name in [SQLiteManifest.fileName, Self.name] { try root.check(name) }
        try refuseForeign()
        var looks = Self.looks
        while looks > 0 {
            do {
                return try SQLiteManifest(reading: path, patience: patience)
            } catch let failure {
                switch failure.kind {
                case .hotJournal:
                    if let copy = try healed(waiting) { return copy }
                    looks -= 1
                case .inUse:
                    if let copy = try aside(waiting, orElse: failure) { return copy }
                    looks -= Self.longLook
                    guard looks > 0 else { throw failure }
                default: throw failure
                }
            }
        }
        if let copy = try? ManifestAside(root: root).reader(after: waiting) { return copy }
        throw VaultError(
            .locked,
            "manifest.sqlite was left in the middle of a commit, and a run has the archive",
            hint: "try again when the run that has just begun is under way"
        )
    }

    /// Nil when the manifest has changed meanwhile.
    ///
    /// Where it cannot be copied, what was in the way of the manifest itself is told.
    private func aside(
        _ waiting: () -> Void,
        orElse failure: any Error
    ) throws -> SQLiteManifest? {
        do {
            return try ManifestAside(root: root).reader(after: waiting)
        } catch { throw failure }
    }

    /// Nil once it is healed or is about to be; a copy for who may not write to it.
    private func healed(_ waiting: () -> Void) throws -> SQLiteManifest? {
        do {
            try heal(waiting)
            return nil
        } catch { return try aside(waiting, orElse: error) }
    }

    /// Takes the commit back if no run has the archive; a run that has it does so itself.
    private func heal(_ waiting: () -> Void) throws {
        // Healing writes, and what root writes its owner cannot.
        try Layout.checkOwner(of: root)
        guard let lock = try VaultLock.takeBriefly(in: root) else { return waiting() }
        _ = try SQLiteManifest(at: path, walk: nil)
        withExtendedLifetime(lock) {}
    }

    /// SQLite would play such a file into the manifest, which never has one of larkive's.
    static let foreign = [SQLiteManifest.fileName + "-wal", SQLiteManifest.fileName + "-shm"]

    /// Moves away what another program has left beside the manifest, for the holder of the lock.
    ///
    /// Dying between the names or before they are durable leaves some of it where it was, for the
    /// next run.
    static func setAsideForeign(in layout: Layout, at now: Timestamp) throws(DiskError) {
        for name in foreign where try layout.root.look(at: name) != nil {
            let kept = "\(name).\(now.milliseconds)"
            try layout.root.moveWithoutReplacing(name, to: layout.quarantine, as: kept)
            try layout.quarantine.sync()
            try layout.root.sync()
        }
    }

    private func refuseForeign() throws {
        for name in Self.foreign where try root.look(at: name) != nil {
            throw VaultError(
                .damaged,
                "\(root.path(name)) is of another program, and would change what the manifest says",
                hint:
                    "close that program; what is left is moved away by the next run, and by rebuild"
            )
        }
    }

    static func pause() { _ = lk_pause(pauseMilliseconds) }

    /// Whether there is something to take back, for the holder of the lock.
    static func isLeft(in root: Directory) -> Bool {
        (try? root.file(name, .reading).size()).map { $0 > 0 } ?? false
    }

    /// Takes back what was not committed, for the holder of the lock.
    ///
    /// SQLite does so at the first read of a connection that may write. A journal that stays is
    /// none of this manifest's.
    static func takeBack(in root: Directory) {
        guard isLeft(in: root) else { return }
        // Opening makes an empty manifest where none is.
        guard (try? root.look(at: SQLiteManifest.fileName)) != nil else { return }
        _ = try? SQLiteManifest(at: root.path(SQLiteManifest.fileName), walk: nil).appliedSeq()
    }
}
