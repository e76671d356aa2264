/// Hands out what is to be fetched: everything wanted in the manifest, each source in its turn.
///
/// The manifest is the queue, so nothing is lost with the process and memory does not grow with
/// the work. Mail and tasks are handed out apart, since their links come at different rates.
/// Attachments whose file token is being fetched wait until that fetch has ended.
package actor Backlog {
    private static let pageSize = 256

    /// Work that shares a link call.
    package struct Batch: Equatable, Sendable {
        package let items: [WorkItem]

        package var parcel: Parcel { Parcel(attachments: items.map(\.attachment)) }
    }

    package enum Lane: Hashable, Sendable { case mail, tasks }

    private let work: any WorkList
    private let clock: any WallClock
    private let sources: [Int64]
    private var lines: [Lane: [WorkLine]]
    private var isWalking = true
    private var isStopped = false
    private var inFlight: Set<Content> = []
    private var parked: [Content: [Batch]] = [:]
    /// What a later look must not hand out again: attachments of tasks, which other lists may show
    /// as well, and those of mail that came out of turn.
    private var handed: Set<Int64> = []
    private var sleepers: [CheckedContinuation<Void, Never>] = []

    package init(
        work: any WorkList,
        mail: [Int64],
        tasks: [Int64],
        clock: any WallClock
    ) {
        self.work = work
        self.clock = clock
        sources = (mail + tasks).sorted()
        lines = [.mail: mail.map(WorkLine.init), .tasks: tasks.map(WorkLine.init)]
    }

    /// There may be more wanted attachments of that source than before.
    package func news(from source: Int64) {
        for lane in [Lane.mail, .tasks] {
            for index in lines[lane, default: []].indices
            where lines[lane]?[index].source == source {
                lines[lane]?[index].mayHaveMore = true
            }
        }
        wake()
    }

    /// A known attachment, which may lie behind what was read already, may be wanted; one that has
    /// changed is wanted again, even if it was handed out before.
    package func again(_ number: Int64, hasChanged: Bool = false) throws(ManifestError) {
        guard let item = try work.open(number, at: clock.now()) else { return }
        let lane: Lane = if case .mail = item.attachment.key { .mail } else { .tasks }
        guard lines[lane]?.isEmpty == false, handed.insert(number).inserted || hasChanged else {
            return
        }
        lines[lane]?[0].ready.append(Batch(items: [item]))
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

    /// The next batch, as soon as there is one; nil when all work of the lane is done.
    package func next(_ lane: Lane) async throws(ManifestError) -> Batch? {
        while !isStopped {
            if let batch = try takeReady(lane) { return batch }
            guard isWalking || (lane == .tasks && !parked.isEmpty) else {
                wake()
                return nil
            }
            await sleep()
        }
        return nil
    }

    /// Says that a batch has ended, well or not: others with its content may go on.
    package func finished(_ batch: Batch) {
        for content in batch.items.compactMap(Content.init) {
            inFlight.remove(content)
            let freed = parked.removeValue(forKey: content) ?? []
            if !freed.isEmpty { lines[.tasks]?[0].ready.insert(contentsOf: freed, at: 0) }
        }
        wake()
    }

    /// Sources take turns, batch by batch.
    private func takeReady(_ lane: Lane) throws(ManifestError) -> Batch? {
        var line = lines[lane] ?? []
        defer { lines[lane] = line }
        for _ in line.indices {
            var first = line.removeFirst()
            let batch = try take(from: &first)
            line.append(first)
            if let batch { return batch }
        }
        return nil
    }

    private func take(from line: inout WorkLine) throws(ManifestError) -> Batch? {
        while true {
            if line.ready.isEmpty, line.mayHaveMore { try refill(&line) }
            guard !line.ready.isEmpty else { return nil }
            if let batch = admitted(line.ready.removeFirst()) { return batch }
        }
    }

    private func admitted(_ batch: Batch) -> Batch? {
        guard let content = batch.items.first.flatMap(Content.init) else { return batch }
        guard inFlight.insert(content).inserted else {
            parked[content, default: []].append(batch)
            return nil
        }
        return batch
    }

    private func refill(_ line: inout WorkLine) throws(ManifestError) {
        let page = try work.open(
            after: line.cursor,
            limit: Self.pageSize,
            from: line.source,
            of: sources,
            at: clock.now()
        )
        line.mayHaveMore = page.count == Self.pageSize
        var batches = Batch.made(of: page)
        // A full page may end in the middle of a message, whose rest belongs to the same link call.
        if line.mayHaveMore, batches.count > 1 { batches.removeLast() }
        line.cursor = batches.last?.items.last?.number ?? line.cursor
        line.ready += batches.compactMap(fresh)
    }

    /// The batch without what was handed out before; of tasks, notes what is handed out now.
    private func fresh(_ batch: Batch) -> Batch? {
        if let item = batch.items.first, case .task = item.attachment.key {
            return handed.insert(item.number).inserted ? batch : nil
        }
        let items = batch.items.filter { !handed.contains($0.number) }
        return items.isEmpty ? nil : Batch(items: items)
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

/// The open work of one source.
private struct WorkLine {
    let source: Int64
    var cursor: Int64 = 0
    var mayHaveMore = true
    var ready: [Backlog.Batch] = []

    init(source: Int64) { self.source = source }
}

/// What a file token stands for: equal ones are downloaded once.
private struct Content: Hashable {
    let token: FileToken
    let size: Int64

    init?(_ item: WorkItem) {
        guard let token = item.attachment.fileToken, let size = item.attachment.size else {
            return nil
        }
        self.token = token
        self.size = size
    }
}

extension Backlog.Batch {
    private static let most = 20

    fileprivate static func made(of items: [WorkItem]) -> [Backlog.Batch] {
        var batches: [[WorkItem]] = []
        for item in items {
            if let last = batches.last?.last, last.sharesLinkCall(with: item),
                batches[batches.count - 1].count < most
            {
                batches[batches.count - 1].append(item)
            } else {
                batches.append([item])
            }
        }
        return batches.map(Self.init)
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
