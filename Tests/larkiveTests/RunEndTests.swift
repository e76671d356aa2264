import LarkiveCore
import LarkiveTesting
import LarkiveVault
import Testing

/// Whatever ends a run, its log says that it has ended.
@Suite(.scratchDirectory) struct RunEndTests {
    private struct Nothing: MailSource, TaskSource, AttachmentFetcher, RunObserver {
        func walk(
            _ mailbox: Mailbox.ID,
            _ choice: FolderChoice,
            visit: (MailPage) async throws -> Void
        ) -> MailCoverage { MailCoverage(walked: []) }

        func read(
            _ ids: [Message.ID],
            in mailbox: Mailbox.ID,
            into scratches: (any ScratchStore)?
        ) -> MailAnswers { MailAnswers(answers: [:], proves: true) }

        func walk(_ root: TaskRoot, visit: (TaskPage) async throws -> Void) async throws {}
        func isThere(_ attachment: LarkiveCore.Attachment.ID) -> Bool { true }
        func fetch(
            _ parcel: Parcel,
            into scratches: any ScratchStore,
            deliver: @Sendable (Delivery) async -> Void
        ) async {}
        func observe(_ progress: Progress) {}
    }

    /// A run that walks nothing, and whose manifest is found malformed at its end.
    private static func brokenRun(
        _ run: RunID,
        _ root: String,
        _ clock: ManualClock
    ) async throws -> RunSummary {
        let vault = try await Vault.open(
            at: "\(root)/archive",
            state: "\(root)/state",
            run: run,
            clock: clock
        )
        let engine = try SyncEngine(
            settings: SyncSettings(
                run: run,
                sources: [],
                isRestricted: false,
                inlineImages: true,
                parallel: 2,
                limits: RunLimits(deadline: clock.now().advanced(bySeconds: 3_600)),
                openingEvents: [AuditEvent(.runStarted, ["restricted": false], hidden: [:])]
            ),
            parts: EngineParts(
                mail: Nothing(),
                tasks: Nothing(),
                fetcher: Nothing(),
                store: vault.objects,
                audit: vault.journal,
                manifest: vault.manifest,
                observer: Nothing(),
                clock: clock,
                takeInbox: { throw ManifestError(.damaged, "malformed") },
                costs: { RunFigures() }
            )
        )
        return await engine.run()
    }

    @Test func `a run whose manifest breaks before its end is recorded as ended`() async throws {
        let root = ScratchDirectory.path
        try #require(!root.isEmpty)
        let clock = ManualClock()
        var random = SeededGenerator(seed: 1)
        _ = try await Vault.create(
            at: "\(root)/archive",
            id: "00000000-0000-4000-8000-000000000000",
            state: "\(root)/state",
            run: RunID.made(at: clock.now(), using: &random),
            clock: clock
        )
        let run = RunID.made(at: clock.now(), using: &random)
        let summary = try await Self.brokenRun(run, root, clock)
        #expect(summary.exitCode == .damaged)
        _ = try Rebuild(at: "\(root)/archive", clock: clock).run { _ in }
        let last = try ReadingVault(at: "\(root)/archive").status().lastRun
        #expect(last?.run == run.rawValue)
        #expect(last?.exitCode == 7)
    }
}
