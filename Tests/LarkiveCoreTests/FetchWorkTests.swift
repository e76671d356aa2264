import LarkiveTesting
import Synchronization
import Testing

@testable import LarkiveCore

@Suite struct FetchWorkTests {
    /// Holds nothing, has nothing, and wants what it was told to.
    private struct Wants: KnownItems, WorkList {
        let items: [WorkItem]

        func messages(_ ids: [Message.ID], in source: Int64) -> [Message.ID: KnownMessage] { [:] }
        func attachments(
            of message: Message.ID,
            in source: Int64
        ) -> [LarkiveCore.Attachment.ID: Int64] {
            [:]
        }
        func vanished(of message: Message.ID, in source: Int64) -> [Int64] { [] }
        func skipped(by rule: String, in source: Int64) -> [Int64] { [] }
        func witnesses(in source: Int64, limit: Int) -> [Witness] { [] }
        func task(_ id: TaskItem.ID, from source: Int64) -> KnownTask? { nil }
        func isDamaged(_ digest: ContentDigest) -> Bool { false }
        func holder(of token: FileToken, size: Int64) -> Holder? { nil }

        func open(
            after number: Int64,
            limit: Int,
            from source: Int64,
            of sources: [Int64],
            at now: Timestamp
        ) -> [WorkItem] { items.filter { $0.number > number } }

        func open(_ number: Int64, at now: Timestamp) -> WorkItem? { nil }
    }

    /// The disk has no room for the first of a parcel; the others arrive.
    private struct Fetcher: AttachmentFetcher {
        func fetch(
            _ parcel: Parcel,
            into scratches: any ScratchStore,
            deliver: @Sendable (Delivery) async -> Void
        ) async {
            for (place, attachment) in parcel.attachments.enumerated() {
                guard place > 0, let scratch = try? await scratches.open(expecting: nil),
                    let staged = try? await scratch.finish()
                else {
                    await deliver(
                        Delivery(attachment.key, .failure(FetchError(.noSpace, "the disk is full")))
                    )
                    continue
                }
                let received = Received(staged: staged, via: .link, evidence: [:])
                await deliver(Delivery(attachment.key, .success(received)))
            }
        }
    }

    /// Brings everything, and counts how often it is asked.
    private final class Counter: AttachmentFetcher {
        private let count = Mutex(0)
        var fetches: Int { count.withLock { $0 } }

        func fetch(
            _ parcel: Parcel,
            into scratches: any ScratchStore,
            deliver: @Sendable (Delivery) async -> Void
        ) async {
            count.withLock { $0 += 1 }
            for _ in 0..<500 { await Task.yield() }
            for attachment in parcel.attachments {
                guard let scratch = try? await scratches.open(expecting: nil),
                    let staged = try? await scratch.finish()
                else { continue }
                let received = Received(staged: staged, via: .link, evidence: [:])
                await deliver(Delivery(attachment.key, .success(received)))
            }
        }
    }

    /// A log that takes nothing.
    private struct Refusal: Recorder {
        static let failure = RunFailure.audit(AuditError(.notWritable, "told to fail"))

        func number(of source: SourceName) -> Int64 { 1 }

        func record(
            _ staged: [Staged],
            numbering attachments: Int,
            _ events: @Sendable (_ first: Int64) -> [AuditEvent]
        ) async throws { throw Self.failure }
    }

    /// Takes its time.
    private final class Recorded: Recorder {
        private let count = Mutex(0)
        var events: Int { count.withLock { $0 } }

        func number(of source: SourceName) -> Int64 { 1 }

        func record(
            _ staged: [Staged],
            numbering attachments: Int,
            _ events: @Sendable (_ first: Int64) -> [AuditEvent]
        ) async {
            for _ in 0..<2_000 { await Task.yield() }
            let fresh = events(1).count
            count.withLock { $0 += fresh }
        }
    }

    private struct Silence: RunObserver {
        func observe(_ progress: Progress) {}
    }

    private static func item(_ number: Int64, of message: String = "m1") throws -> WorkItem {
        let key = AttachmentKey.mail(
            try #require(Mailbox.address("a@x")),
            try #require(Message.ID(message)),
            try #require(LarkiveCore.Attachment.ID("a\(number)"))
        )
        let part = MailPart(type: 1, isInline: false, contentID: nil)
        let attachment = LarkiveCore.Attachment(key: key, name: "n", kind: .mail(part))
        return WorkItem(number: number, version: 1, attachment: attachment, attempts: 0)
    }

    private static func work(
        _ items: [WorkItem],
        _ fetcher: any AttachmentFetcher,
        _ recorder: any Recorder
    ) async -> FetchWork {
        let (wants, clock) = (Wants(items: items), ManualClock())
        let backlog = Backlog(work: wants, mail: [1], tasks: [], clock: clock)
        await backlog.walkEnded()
        let account = RunAccount(limits: RunLimits(), clock: clock)
        return FetchWork(
            lane: .mail,
            backlog: backlog,
            fetcher: fetcher,
            scratches: RecordedVault(),
            settlement: Settlement(
                known: wants,
                recorder: recorder,
                account: account,
                observer: Silence(),
                clock: clock
            ),
            account: account
        )
    }

    @Test func `a disk that is full ends the work only when all that arrived is recorded`()
        async throws
    {
        let recorded = Recorded()
        let work = await Self.work(try (1...5).map { try Self.item($0) }, Fetcher(), recorded)
        let full = RunFailure.store(StoreError(.noSpace, "the disk is full"))
        await #expect(throws: full) { try await work.run() }
        #expect(recorded.events == 4)
    }

    @Test func `when the log takes nothing, no more is asked for`() async throws {
        let counter = Counter()
        let items = try (1...200).map { try Self.item($0, of: "m\($0)") }
        let work = await Self.work(items, counter, Refusal())
        await #expect(throws: Refusal.failure) { try await work.run() }
        #expect((1..<50).contains(counter.fetches), "\(counter.fetches)")
    }
}
