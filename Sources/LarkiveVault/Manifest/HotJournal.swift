internal import CLinux
internal import LarkiveCore

/// Opens the manifest for looking, also when a run has died in the middle of a commit.
///
/// SQLite leaves a journal then, and takes the half-written pages back at the next opening that may
/// write. A live run never shows one: it holds SQLite's own lock while it writes.
struct HotJournal {
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
        guard let lock = try VaultLock.takeBriefly(in: root) else { return waiting() }
        _ = try SQLiteManifest(at: path, walk: nil)
        withExtendedLifetime(lock) {}
    }

    static func pause() { _ = lk_pause(pauseMilliseconds) }
}
