/// Takes work from the backlog and brings the bytes; what came is settled while the next is asked
/// for.
struct FetchWork {
    let lane: Backlog.Lane
    let backlog: Backlog
    let fetcher: any AttachmentFetcher
    let scratches: any ScratchStore
    let settlement: Settlement
    let account: RunAccount

    /// Works until the backlog is empty; several may run at once.
    func run() async throws {
        do {
            try await withThrowingDiscardingTaskGroup { group in
                while !Task.isCancelled, await account.mayGoOn(),
                    let batch = try await backlog.next(lane)
                {
                    let settling = try await bring(batch)
                    group.addTask { try await end(settling, of: batch) }
                }
            }
        } catch {
            await backlog.stop()
            throw error
        }
    }

    /// What the archive does not take ends the run: nothing more is asked for in vain.
    private func end(_ settling: Settling, of batch: Backlog.Batch) async throws {
        do {
            try await settling.ended()
            await backlog.finished(batch)
        } catch {
            await backlog.stop()
            throw error
        }
    }

    private func bring(_ batch: Backlog.Batch) async throws -> Settling {
        let settling = Settling(settlement)
        if let item = batch.items.first, try await settlement.adopt(item) { return settling }
        let items = Dictionary(
            batch.items.map { ($0.attachment.key, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        await fetcher.fetch(batch.parcel, into: scratches) { delivery in
            guard let item = items[delivery.key] else { return }
            await settling.begin(item, delivery.result)
        }
        return settling
    }
}

/// The deliveries of one batch on their way into the archive.
///
/// What has been accepted is settled even when the run is stopped meanwhile.
private actor Settling {
    private let settlement: Settlement
    private var tasks: [Task<Void, any Error>] = []

    init(_ settlement: Settlement) { self.settlement = settlement }

    /// Returns as soon as there is room for more.
    func begin(_ item: WorkItem, _ result: Result<Received, FetchError>) async {
        await settlement.room.enter()
        let settlement = settlement
        tasks.append(
            Task {
                do {
                    try await settlement.settle(item, result)
                    await settlement.room.leave()
                } catch {
                    await settlement.room.leave()
                    throw error
                }
            }
        )
    }

    /// Returns when all have ended, or throws what kept the first of them out of the archive.
    ///
    /// None is left behind: whoever sums up the run and seals the log must be the last to write.
    func ended() async throws {
        var results: [Result<Void, any Error>] = []
        for task in tasks { results.append(await task.result) }
        for result in results { try result.get() }
    }
}
