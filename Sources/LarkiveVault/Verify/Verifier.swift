internal import FoundationEssentials
package import LarkiveCore

/// Folds the log into a second manifest and compares; then looks at every object that the log
/// speaks of, or the manifest where the log is damaged, reading its bytes if asked to.
///
/// Needs no lock and changes nothing. Safe beside a run: what the run adds meanwhile is left for
/// the next look.
package struct Verifier {
    let root: Directory
    private let path: String
    private let state: String?
    private let copies: [String]
    let clock: any WallClock

    /// Opens whatever is there of an archive; STATE may be nil, then less can be excluded.
    ///
    /// `copies` are folders that hold notes of its log.
    package init(
        at path: String,
        state: String?,
        copies: [String] = [],
        clock: any WallClock
    ) throws {
        do {
            root = try Layout.root(path)
        } catch { throw VaultError(error) }
        (self.path, self.state, self.copies, self.clock) = (path, state, copies, clock)
    }

    package func run(_ request: VerifyRequest) throws -> Verification {
        do {
            var verdict = Verification()
            guard try checkIdentity(&verdict) else { return verdict }
            var layout = LayoutCheck(root: root)
            try layout.run()
            let second = try compareAtRest(&verdict)
            try checkObjects(second, request, &verdict)
            try layout.checkStaging()
            // Without their folder there can be neither notes nor keys.
            if layout.findings.contains(where: { $0.code == .logMissing }) {
                verdict.findings.removeAll { $0.code == .noNote || $0.code == .noteUnsigned }
            }
            verdict.findings = layout.findings + verdict.findings
            return verdict
        } catch { throw VaultError(error) }
    }

    /// False when what follows cannot be understood.
    private func checkIdentity(_ verdict: inout Verification) throws -> Bool {
        let name = ArchiveIdentity.fileName
        do {
            _ = try ArchiveIdentity(reading: root.contents(name) ?? [])
        } catch let failure as VaultError where failure.kind == .newerFormat {
            verdict.findings.append(Finding(.formatNewer, name, failure.detail))
            return false
        } catch {
            verdict.findings.append(
                Finding(.identityUnreadable, name, "not a description of an archive")
            )
        }
        return true
    }

    private func identityFinding(_ recorded: ContentDigest?) -> Finding? {
        let name = ArchiveIdentity.fileName
        guard let recorded, let bytes = try? root.contents(name),
            let identity = try? ArchiveIdentity(reading: bytes),
            !identity.isSpokenOf(by: recorded)
        else { return nil }
        return Finding(.identityChanged, name, "not the file the log speaks of")
    }

    // MARK: log and manifest

    /// Looks again when something seems wrong and the log has moved meanwhile: log, notes, tiles and
    /// manifest are read one after the other, and a run may have begun and ended in between.
    private func compareAtRest(_ verdict: inout Verification) throws -> SecondManifest {
        for _ in 1..<LogEnd.looks {
            let before = try LogEnd(root)
            // A run that begins empties `staging/`, under the hands of who looks.
            if let (second, found) = try? compared(verdict) {
                let codes = found.findings.map(\.code)
                let isDoubtful = codes.contains { $0.isError && !$0.isOfObject }
                let mayPass = try codes.contains(.manifestNotRead) || before.hasMoved(root)
                if !isDoubtful || !mayPass {
                    verdict = found
                    return second
                }
            }
            HotJournal.pause()
        }
        let (second, found) = try compared(verdict)
        verdict = found
        return second
    }

    /// In files in `staging/`; in memory where the disk has no room for them.
    private func compared(
        _ verdict: Verification
    ) throws -> (second: SecondManifest, found: Verification) {
        let folder = try? LookFolder(beside: root)
        defer { withExtendedLifetime(folder) {} }
        do {
            return try compared(verdict, in: folder?.directory)
        } catch let failure as ManifestError where failure.kind.isOfDisk {
            return try compared(verdict, in: nil)
        }
    }

    private func compared(
        _ verdict: Verification,
        in staging: Directory?
    ) throws -> (second: SecondManifest, found: Verification) {
        var found = verdict
        let second = try SecondManifest(staging: staging)
        try compare(second, &found)
        return (second, found)
    }

    private func compare(_ second: SecondManifest, _ verdict: inout Verification) throws {
        // Copied first: what it knows is in the log, which is read afterwards.
        var look = try ComparedManifest(root, path, second)
        guard let audit = try? root.directory("audit") else {
            verdict.findings += try look.findings(logSize: 0, least: 0, false)
            return
        }
        var check = AuditCheck(audit: audit)
        let identity = try? ArchiveIdentity(reading: root.contents(ArchiveIdentity.fileName) ?? [])
        check.witnesses = state.map { .state($0, of: identity?.id) } ?? Witnesses()
        check.witnesses.archive = identity?.id
        check.witnesses.copies = copies
        check.witnesses.isRunning = { [root] in (try? VaultLock.isHeld(in: root)) ?? false }
        try check.run { try look.take($0) }
        look.finish()
        if let failure = look.failure { throw failure }
        verdict.auditRecords = check.size
        verdict.attachments = try second.fold.count(of: "attachment")
        verdict.findings += check.findings
        verdict.unasked = check.unasked
        // What is missing from a damaged log is no fault of the manifest.
        let isWhole = !check.findings.contains { $0.code.isError && $0.code != .keyUnreadable }
        verdict.findings += try look.findings(
            logSize: check.size,
            least: check.leastApplied,
            isWhole
        )
        if let finding = identityFinding(try second.fold.archiveDigest()) {
            verdict.findings.append(finding)
        }
    }
}

extension ReadingVault {
    /// One verdict over everything; see ``Verifier``.
    package func verify(readingData: Bool, state: String?) throws -> Verification {
        try Verifier(at: layout.root.path, state: state, clock: EndedClock())
            .run(VerifyRequest(readsData: readingData))
    }
}

/// For looks whose range is not recorded.
private struct EndedClock: WallClock {
    func now() -> Timestamp { .epoch }
}
