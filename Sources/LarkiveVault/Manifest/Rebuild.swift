internal import CLinux
package import LarkiveCore

/// Makes `manifest.sqlite` again from the audit log alone.
///
/// Writes no record and needs no network. Works beside the former file and takes its name only
/// when it is whole; a former one that was damaged, or said something else, is kept in
/// `quarantine/`.
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
            try layout.emptyStaging(at: clock.now())
            try HotJournal.setAsideForeign(in: layout, at: clock.now())
            let records = try fold(progress)
            // Half a transaction in the journal would be played into the new file.
            HotJournal.takeBack(in: layout.root)
            try refuseForeignLog()
            try refuseCutLog(of: records)
            let isSame = isSameAsFormer()
            try closeFresh()
            try ManifestSwap(layout: layout, fresh: Self.fresh, now: clock.now())
                .run(keepingFormer: !isSame)
            return records
        } catch { throw VaultError(error) }
    }

    /// A healthy manifest with the same rows is no witness of anything.
    private func isSameAsFormer() -> Bool {
        // To attach a file that is not there would make it.
        guard (try? layout.root.look(at: SQLiteManifest.fileName)) != nil,
            let fold = try? SQLiteManifest(at: layout.staging.path(Self.fresh), walk: nil)
        else { return false }
        return (try? SecondManifest(fold).isSame(as: layout.manifestPath)) ?? false
    }

    private func closeFresh() throws {
        let empty = Self.fresh + "-journal"
        if try layout.staging.names().contains(empty) { try layout.staging.remove(empty) }
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
            try apply(content.lines, to: manifest)
            (size, leaf) = (last.record.seq + 1, last.leaf)
            progress(size)
        }
        let journal = try layout.audit.contents(JournalFile.name) ?? []
        let open = JournalFile.read(journal, after: size, leaf: leaf).lines
        try apply(open, to: manifest)
        return size + Int64(open.count)
    }

    /// Rows of nobody's but the log's own clash only where the log says what cannot be.
    private func apply(
        _ lines: [AuditLine],
        to manifest: SQLiteManifest
    ) throws(VaultError) {
        do {
            try manifest.apply(lines.map(\.record))
        } catch {
            guard error.kind == .damaged else { throw VaultError(error) }
            throw VaultError(
                .auditDamaged,
                "the log cannot be folded: \(error.detail)",
                hint: "see what is wrong with it: larkive audit verify"
            )
        }
    }

    /// The log of another archive is sound, and none of this one's.
    private func refuseForeignLog() throws {
        let identity = try ArchiveIdentity(
            reading: layout.root.contents(ArchiveIdentity.fileName) ?? []
        )
        let fold = try SQLiteManifest(at: layout.staging.path(Self.fresh), walk: nil)
        guard let recorded = try fold.archiveDigest(), !identity.isSpokenOf(by: recorded) else {
            return
        }
        throw VaultError.otherIdentity
    }

    /// A manifest that knows more than the log is the witness of what was cut off.
    private func refuseCutLog(of records: Int64) throws {
        let former = try? SQLiteManifest(reading: layout.manifestPath).appliedSeq()
        guard let former, former >= records else { return }
        throw VaultError(
            .rolledBack,
            "the manifest knows \(former + 1) records, the log has \(records): a part of audit/ is "
                + "missing, or it was restored from an older copy",
            hint: "put audit/ back; if that cannot be done: larkive audit restart --reason TEXT"
        )
    }
}
