import LarkiveCore
import LarkiveTesting
import LarkiveVault
import Synchronization
import Testing

/// Runs that are cut short every night still reach every source in its turn.
@Suite(.scratchDirectory) struct FairnessTests {
    /// Three lists of tasks, each of which alone takes longer than a night.
    private final class SlowLists: TaskSource {
        static let tasks = 100
        private let clock: ManualClock
        private let begun = Mutex<[TaskRoot]>([])

        init(_ clock: ManualClock) { self.clock = clock }

        var order: [TaskRoot] { begun.withLock { $0 } }

        func walk(_ root: TaskRoot, visit: (TaskPage) async throws -> Void) async throws {
            begun.withLock { $0.append(root) }
            guard case .tasklist(let list) = root else { return }
            for number in 0..<Self.tasks {
                clock.advance(seconds: 60)
                try await visit(try Self.page(number, of: list))
            }
        }

        func isThere(_ attachment: LarkiveCore.Attachment.ID) -> Bool { true }

        private static func page(_ number: Int, of list: Tasklist.ID) throws -> TaskPage {
            let task = TaskItem(
                id: try #require(TaskItem.ID("\(list)-\(number)")),
                parent: nil,
                summary: "s"
            )
            let upload = TaskUpload(uploader: nil, uploadedAt: nil, evidence: .null)
            let attachment = LarkiveCore.Attachment(
                key: .task(task.id, try #require(LarkiveCore.Attachment.ID("\(list)-g\(number)"))),
                name: "n",
                size: 3,
                kind: .task(upload)
            )
            return TaskPage(task: task, attachments: [attachment])
        }
    }

    private struct NoMail: MailSource {
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
    }

    /// Brings three bytes for everything.
    private struct SameBytes: AttachmentFetcher {
        func fetch(
            _ parcel: Parcel,
            into scratches: any ScratchStore,
            deliver: @Sendable (Delivery) async -> Void
        ) async {
            for attachment in parcel.attachments {
                do throws(StoreError) {
                    let scratch = try await scratches.open(expecting: 3)
                    try await scratch.append([1, 2, 3])
                    let received = Received(
                        staged: try await scratch.finish(),
                        via: .link,
                        evidence: [:]
                    )
                    await deliver(Delivery(attachment.key, .success(received)))
                } catch {
                    await deliver(Delivery(attachment.key, .failure(FetchError(.noSpace, ""))))
                }
            }
        }
    }

    private struct Nobody: RunObserver {
        func observe(_ progress: Progress) {}
    }

    private static func night(
        _ vault: Vault,
        _ lists: SlowLists,
        _ names: [SourceName],
        _ clock: ManualClock
    ) async throws -> RunSummary {
        var random = SeededGenerator(seed: UInt64(clock.now().milliseconds))
        let run = RunID.made(at: clock.now(), using: &random)
        let engine = try SyncEngine(
            settings: SyncSettings(
                run: run,
                sources: names,
                isRestricted: false,
                inlineImages: true,
                parallel: 2,
                limits: RunLimits(deadline: clock.now().advanced(bySeconds: 3_600)),
                openingEvents: [
                    AuditEvent(.runStarted, ["restricted": false], hidden: [:])
                ]
            ),
            parts: EngineParts(
                mail: NoMail(),
                tasks: lists,
                fetcher: SameBytes(),
                store: vault.objects,
                audit: vault.journal,
                manifest: vault.manifest,
                observer: Nobody(),
                clock: clock,
                takeInbox: { try await vault.emptyInbox() },
                costs: { RunFigures() }
            )
        )
        return await engine.run()
    }

    /// What others have left became a record long before the run came to its end.
    private static func expectTakenMeanwhile(in audit: String) throws {
        var types: [RecordType] = []
        var check = try AuditCheck(at: audit)
        try check.run { types.append($0.event.type) }
        let restores = types.indices.filter { types[$0] == .restoreDone }
        #expect(restores.count == 4)
        // The fourth night finds nothing new, and has no group to go with.
        for place in restores.prefix(3) {
            let rest = types[place...].prefix { $0 != .runFinished }
            #expect(rest.contains(.attachmentHeld))
        }
    }

    @Test func `three nights of one hour reach three lists that each take longer`() async throws {
        let root = ScratchDirectory.path
        try #require(!root.isEmpty)
        let clock = ManualClock()
        let lists = SlowLists(clock)
        let ids = try ["a", "b", "c"].map { try #require(Tasklist.ID($0)) }
        let names = ids.map(SourceName.tasklist)
        var random = SeededGenerator(seed: 1)
        _ = try await Vault.create(
            at: "\(root)/archive",
            id: "00000000-0000-4000-8000-000000000000",
            state: "\(root)/state",
            run: RunID.made(at: clock.now(), using: &random),
            clock: clock
        )
        for _ in 0..<4 {
            clock.advance(seconds: 86_400)
            let vault = try await Vault.open(
                at: "\(root)/archive",
                state: "\(root)/state",
                run: RunID.made(at: clock.now(), using: &random),
                clock: clock
            )
            // Another command leaves its event while the run is under way.
            try ReadingVault(at: "\(root)/archive").note(
                AuditEvent(.restoreDone, ["attachments": [], "count": 0]),
                at: clock.now()
            )
            let summary = try await Self.night(vault, lists, names, clock)
            #expect(summary.exitCode == .limit)
            #expect(summary.conditions == [.limit])
            #expect(summary.sources.count == 3)
            vault.cleanUp()
        }
        try Self.expectTakenMeanwhile(in: "\(root)/archive/audit")
        // The fourth night begins with the first again.
        #expect(lists.order == [0, 1, 2, 0].map { TaskRoot.tasklist(ids[$0]) })
        let held = try ReadingVault(at: "\(root)/archive").manifest.find(FileQuery())
            .filter { $0.state == "held" }
        for id in ids {
            #expect(held.contains { $0.key.hasPrefix("task:\(id)-") })
        }
    }
}
