internal import CLinux
internal import LarkiveCore

/// Opens the manifest for looking, also when a run has died in the middle of a commit.
///
/// SQLite leaves a journal then, and takes the half-written pages back at the next opening that may
/// write. A live run never shows one: it holds SQLite's own lock while it writes.
struct HotJournal {
    static let name = SQLiteManifest.fileName + "-journal"
    private static let pauseMilliseconds: UInt32 = 50
    private static let looks = 100

    let root: Directory

    private var path: String { root.path(SQLiteManifest.fileName) }

    /// Opens it; `waiting` is called between looks at a manifest that a run is about to heal.
    func reader(waiting: () -> Void = HotJournal.pause) throws -> SQLiteManifest {
        for _ in 0..<Self.looks {
            do {
                return try SQLiteManifest(reading: path)
            } catch let failure {
                guard failure.kind == .hotJournal else { throw failure }
            }
            try heal(waiting)
        }
        throw VaultError(
            .locked,
            "manifest.sqlite was left in the middle of a commit, and a run has the archive",
            hint: "try again when the run that has just begun is under way"
        )
    }

    /// Takes the commit back if no run has the archive; a run that has it does so itself.
    private func heal(_ waiting: () -> Void) throws {
        // Healing writes, and what root writes its owner cannot.
        try Layout.checkOwner(of: root)
        guard let lock = try VaultLock.takeBriefly(in: root) else { return waiting() }
        _ = try SQLiteManifest(at: path, walk: nil)
        withExtendedLifetime(lock) {}
    }

    static func pause() { _ = lk_pause(pauseMilliseconds) }

    /// Takes back what was not committed, for the holder of the lock.
    ///
    /// SQLite does so at the first read of a connection that may write. A journal that stays is
    /// none of this manifest's.
    static func takeBack(in root: Directory) {
        guard let size = try? root.file(name, .reading).size(), size > 0 else { return }
        // Opening makes an empty manifest where none is.
        guard (try? root.look(at: SQLiteManifest.fileName)) != nil else { return }
        _ = try? SQLiteManifest(at: root.path(SQLiteManifest.fileName), walk: nil).appliedSeq()
    }
}
