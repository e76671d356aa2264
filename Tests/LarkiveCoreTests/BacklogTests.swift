import LarkiveCore
import LarkiveTesting
import Synchronization
import Testing

@Suite struct BacklogTests {
    private final class Work: WorkList {
        let items = Mutex<[WorkItem]>([])
        private let owners = Mutex<@Sendable (Int64) -> Int64>({ _ in 1 })

        /// Which source lists a number.
        var owner: @Sendable (Int64) -> Int64 {
            get { owners.withLock { $0 } }
            set { owners.withLock { $0 = newValue } }
        }

        func open(
            after number: Int64,
            limit: Int,
            from source: Int64,
            of sources: [Int64],
            at now: Timestamp
        ) -> [WorkItem] {
            let owner = owner
            return items.withLock {
                Array($0.filter { $0.number > number && owner($0.number) == source }.prefix(limit))
            }
        }

        func open(_ number: Int64, at now: Timestamp) -> WorkItem? {
            items.withLock { $0.first { $0.number == number } }
        }
    }

    private static func mail(_ number: Int64, _ message: String) throws -> WorkItem {
        let key = AttachmentKey.mail(
            try #require(Mailbox.address("a@x")),
            try #require(Message.ID(message)),
            try #require(LarkiveCore.Attachment.ID("a\(number)"))
        )
        let part = MailPart(type: 1, isInline: false, contentID: nil)
        return WorkItem(
            number: number,
            version: 1,
            attachment: LarkiveCore.Attachment(key: key, name: "n", kind: .mail(part)),
            attempts: 0
        )
    }

    private static func task(_ number: Int64, token: String) throws -> WorkItem {
        let key = AttachmentKey.task(
            try #require(TaskItem.ID("t")),
            try #require(LarkiveCore.Attachment.ID("g\(number)"))
        )
        let upload = TaskUpload(uploader: nil, uploadedAt: nil, evidence: .null)
        return WorkItem(
            number: number,
            version: 1,
            attachment: LarkiveCore.Attachment(
                key: key,
                name: "n",
                size: 5,
                fileToken: FileToken(token),
                kind: .task(upload)
            ),
            attempts: 0
        )
    }

    @Test func `attachments of one message share a parcel, at most 20 of them`() async throws {
        let work = Work()
        let sizes = [("m1", 3), ("m2", 45), ("m3", 1)]
        var number: Int64 = 0
        for (message, count) in sizes {
            for _ in 0..<count {
                number += 1
                let item = try Self.mail(number, message)
                work.items.withLock { $0.append(item) }
            }
        }
        let backlog = Backlog(work: work, mail: [1], tasks: [], clock: ManualClock())
        await backlog.walkEnded()
        var parcels: [Int] = []
        while let batch = try await backlog.next(.mail) { parcels.append(batch.items.count) }
        #expect(parcels == [3, 20, 20, 5, 1])
    }

    @Test func `a message over the border of a page is not torn into two link calls`() async throws
    {
        let work = Work()
        for number in Int64(1)...300 {
            let item = try Self.mail(number, "m\((number - 1) / 10)")
            work.items.withLock { $0.append(item) }
        }
        let backlog = Backlog(work: work, mail: [1], tasks: [], clock: ManualClock())
        await backlog.walkEnded()
        var parcels: [Int] = []
        while let batch = try await backlog.next(.mail) { parcels.append(batch.items.count) }
        #expect(parcels == Array(repeating: 10, count: 30))
    }

    @Test func `the same file token is fetched by one at a time`() async throws {
        let work = Work()
        let items = try [
            Self.task(1, token: "x"), Self.task(2, token: "x"), Self.task(3, token: "y"),
        ]
        work.items.withLock { $0 = items }
        let backlog = Backlog(work: work, mail: [], tasks: [1], clock: ManualClock())
        await backlog.walkEnded()
        let first = try #require(try await backlog.next(.tasks))
        let second = try #require(try await backlog.next(.tasks))
        let handed = first.items.map(\.number) + second.items.map(\.number)
        #expect(handed == [1, 3])
        async let third = backlog.next(.tasks)
        await backlog.finished(second)
        await backlog.finished(first)
        #expect(try await third?.items.map(\.number) == [2])
    }

    @Test func `work that the walk finds later is handed out, and the end is seen by all`()
        async throws
    {
        let work = Work()
        let backlog = Backlog(work: work, mail: [1], tasks: [], clock: ManualClock())
        async let waiting = backlog.next(.mail)
        let item = try Self.mail(1, "m")
        work.items.withLock { $0.append(item) }
        await backlog.news(from: 1)
        #expect(try await waiting?.items.count == 1)
        async let last = backlog.next(.mail)
        async let other = backlog.next(.mail)
        await backlog.walkEnded()
        #expect(try await last == nil)
        #expect(try await other == nil)
    }

    @Test func `sources take turns, so that a long one does not keep the others waiting`()
        async throws
    {
        let work = Work()
        for number in Int64(1)...40 {
            let item = try Self.mail(number, "m\(number)")
            work.items.withLock { $0.append(item) }
        }
        work.owner = { $0 <= 30 ? 1 : 2 }
        let backlog = Backlog(work: work, mail: [1, 2], tasks: [], clock: ManualClock())
        await backlog.walkEnded()
        var numbers: [Int64] = []
        while let batch = try await backlog.next(.mail) { numbers += batch.items.map(\.number) }
        #expect(numbers.prefix(6) == [1, 31, 2, 32, 3, 33])
        #expect(numbers.sorted() == Array(1...40))
    }
}
