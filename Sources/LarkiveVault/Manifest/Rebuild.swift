internal import CLinux
package import LarkiveCore

/// Makes `manifest.sqlite` again from the audit log alone.
///
/// Writes no record and needs no network. Works beside the former file and takes its name only
/// when it is whole; the former one is kept in `quarantine/`.
package struct Rebuild {
    private static let fresh = "manifest.rebuilt"

    private let layout: Layout
    private let lock: VaultLock
    private let clock: any WallClock

    package init(at path: String, clock: any WallClock, rules: VaultRules = VaultRules()) throws {
        lk_private_umask()
        do {
            layout = try Layout.openForWriting(path, rules)
            lock = try VaultLock.take(in: layout.root, at: clock.now())
            self.clock = clock
        } catch { throw VaultError(error) }
    }

    /// Returns how many records were folded; `progress` is told after each thousand.
    package func run(progress: (Int64) -> Void) throws -> Int64 {
        do {
            for name in try layout.staging.names() { try layout.staging.remove(name) }
            let records = try fold(progress)
            try replaceManifest()
            return records
        } catch { throw VaultError(error) }
    }

    private func fold(_ progress: (Int64) -> Void) throws -> Int64 {
        let manifest = try SQLiteManifest(at: layout.staging.path(Self.fresh), walk: nil)
        let segments = Segments(audit: layout.audit)
        var (size, leaf) = (Int64(0), TreeHash?.none)
        for name in try segments.all() {
            let content = JournalFile.read(try segments.read(name), after: size, leaf: leaf)
            guard content.torn.isEmpty, let last = content.lines.last else {
                throw VaultError(
                    .auditDamaged,
                    "segment \(name.path) is damaged at record \(size)",
                    hint: "run `larkive audit verify`; restore that segment from a backup"
                )
            }
            try manifest.apply(content.lines.map(\.record))
            (size, leaf) = (last.record.seq + 1, last.leaf)
            progress(size)
        }
        let journal = try layout.audit.contents(JournalFile.name) ?? []
        let open = JournalFile.read(journal, after: size, leaf: leaf).lines
        try manifest.apply(open.map(\.record))
        return size + Int64(open.count)
    }

    private func replaceManifest() throws {
        let former = SQLiteManifest.fileName
        for name in [former, former + "-journal"] where try layout.root.look(at: name) != nil {
            let kept = "\(name).\(clock.now().milliseconds)"
            try layout.root.moveWithoutReplacing(name, to: layout.quarantine, as: kept)
        }
        // Dying after this leaves an archive without a manifest: the next run makes it from the log.
        // The former journal must be gone for good before another manifest has its name.
        try layout.quarantine.sync()
        try layout.root.sync()
        try layout.staging.move(Self.fresh, to: layout.root, as: former)
        try layout.root.sync()
    }
}
