internal import LarkiveCore

/// Opens the manifest for looking, also when a run has died in the middle of a commit.
///
/// SQLite leaves a journal then, and takes the half-written pages back at the next opening that may
/// write. A live run never shows one: it holds SQLite's own lock while it writes.
struct HotJournal {
    static let pauseMilliseconds: UInt32 = 50
    private static let looks = 100

    let layout: Layout

    func reader(waiting: () -> Void) throws -> SQLiteManifest {
        for _ in 0..<Self.looks {
            do {
                return try SQLiteManifest(reading: layout.manifestPath)
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
        try Layout.checkOwner(of: layout.root)
        guard let lock = try VaultLock.takeBriefly(in: layout.root) else { return waiting() }
        _ = try SQLiteManifest(at: layout.manifestPath, walk: nil)
        withExtendedLifetime(lock) {}
    }
}
