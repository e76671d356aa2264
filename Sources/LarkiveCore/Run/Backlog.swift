/// Hands out what is to be fetched: everything wanted in the manifest, in order of number.
///
/// The manifest is the queue, so nothing is lost with the process and memory does not grow with
/// the work. Attachments whose file token is being fetched wait until that fetch has ended.
package actor Backlog {
    private static let pageSize = 256
    private static let largestParcel = 20

    /// Work that shares a link call.
    package struct Batch: Equatable, Sendable {
        package let items: [WorkItem]

        package var parcel: Parcel { Parcel(attachments: items.map(\.attachment)) }
    }

    private struct Content: Hashable {
        let token: FileToken
        let size: Int64
    }

    private let work: any WorkList
    private let clock: any WallClock
    private let sources: [Int64]
    private var ready: [Batch] = []
    private var cursor: Int64 = 0
    private var isWalking = true
    private var isStopped = false
    private var inFlight: Set<Content> = []
    private var parked: [Content: [Batch]] = [:]
    private var sleepers: [CheckedContinuation<Void, Never>] = []

    package init(work: any WorkList, sources: [Int64], clock: any WallClock) {
        self.work = work
        self.sources = sources
        self.clock = clock
    }

    /// There may be more wanted attachments than before.
    package func news() { wake() }

    /// A known attachment, behind the cursor, is wanted again.
    package func again(_ number: Int64) throws(ManifestError) {
        guard number <= cursor, let item = try work.open(number) else { return }
        ready.append(Batch(items: [item]))
        wake()
    }

    package func walkEnded() {
        isWalking = false
        wake()
    }

    /// Hands out nothing more.
    package func stop() {
        isStopped = true
        wake()
    }

    /// The next batch, as soon as there is one; nil when all work is done.
    package func next() async throws(ManifestError) -> Batch? {
        while !isStopped {
            if ready.isEmpty { try refill() }
            if let batch = takeReady() { return batch }
            guard isWalking || !parked.isEmpty || !ready.isEmpty else {
                wake()
                return nil
            }
            if ready.isEmpty { await sleep() }
        }
        return nil
    }

    /// Says that a batch has ended, well or not: others with its content may go on.
    package func finished(_ batch: Batch) {
        for content in batch.items.compactMap(Self.content) {
            inFlight.remove(content)
            ready += parked.removeValue(forKey: content) ?? []
        }
        wake()
    }

    private func takeReady() -> Batch? {
        while !ready.isEmpty {
            let batch = ready.removeFirst()
            guard let content = batch.items.first.flatMap(Self.content) else { return batch }
            if inFlight.insert(content).inserted { return batch }
            parked[content, default: []].append(batch)
        }
        return nil
    }

    private static func content(of item: WorkItem) -> Content? {
        guard let token = item.attachment.fileToken, let size = item.attachment.size else {
            return nil
        }
        return Content(token: token, size: size)
    }

    private func refill() throws(ManifestError) {
        guard !sources.isEmpty else { return }
        let page = try work.open(
            after: cursor,
            limit: Self.pageSize,
            in: sources,
            at: clock.now()
        )
        var batches = Self.batches(page)
        // A full page may end in the middle of a message, whose rest belongs to the same link call.
        if page.count == Self.pageSize, batches.count > 1 { batches.removeLast() }
        ready += batches
        cursor = batches.last?.items.last?.number ?? cursor
    }

    private static func batches(_ items: [WorkItem]) -> [Batch] {
        var batches: [[WorkItem]] = []
        for item in items {
            if let last = batches.last?.last, last.sharesLinkCall(with: item),
                batches[batches.count - 1].count < largestParcel
            {
                batches[batches.count - 1].append(item)
            } else {
                batches.append([item])
            }
        }
        return batches.map(Batch.init)
    }

    private func sleep() async {
        await withCheckedContinuation { sleepers.append($0) }
    }

    private func wake() {
        let woken = sleepers
        sleepers = []
        for sleeper in woken { sleeper.resume() }
    }
}

extension WorkItem {
    fileprivate func sharesLinkCall(with other: WorkItem) -> Bool {
        guard case .mail(let mailbox, let message, _) = attachment.key,
            case .mail(let otherMailbox, let otherMessage, _) = other.attachment.key
        else { return false }
        return (mailbox, message) == (otherMailbox, otherMessage)
    }
}
