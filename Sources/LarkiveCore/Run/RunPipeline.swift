/// Everything that happens at once in a run: walks, downloads, and watching for its early end.
struct RunPipeline {
    let walks: Walks
    let crew: FetchCrew
    let backlog: Backlog
    let account: RunAccount

    private enum Ended: Sendable {
        case walks([WalkReport])
        case worker
        case watch
    }

    /// Returns when the last worker has ended; throws only when the archive itself fails.
    func run() async throws -> [WalkReport] {
        try await withThrowingTaskGroup(of: Ended.self) { group in
            addWork(to: &group)
            group.addTask {
                await account.ended()
                // A bound on downloads alone does not end the walks.
                await backlog.stop()
                await account.stopped()
                return .watch
            }
            return try await collect(&group)
        }
    }

    private func addWork(to group: inout ThrowingTaskGroup<Ended, any Error>) {
        group.addTask {
            do {
                let reports = try await walks.run()
                await backlog.walkEnded()
                return .walks(reports)
            } catch {
                await backlog.stop()
                throw error
            }
        }
        for worker in crew.workers {
            group.addTask {
                try await worker.run()
                return .worker
            }
        }
    }

    private func collect(
        _ group: inout ThrowingTaskGroup<Ended, any Error>
    ) async throws -> [WalkReport] {
        var (reports, left) = ([WalkReport](), crew.workers.count + 1)
        do {
            while let ended = try await group.next() {
                switch ended {
                case .walks(let some): (reports, left) = (some, left - 1)
                case .worker: left -= 1
                case .watch: group.cancelAll()
                }
                if left == 0 { await account.close() }
            }
        } catch {
            await account.close()
            throw error
        }
        return reports
    }
}

/// Those who bring attachments: mail and tasks apart, since links of mail come one a second and
/// must not keep tasks waiting.
struct FetchCrew {
    let workers: [FetchWork]

    init(
        _ settings: SyncSettings,
        _ parts: EngineParts,
        _ recorder: any Recorder,
        _ account: RunAccount,
        _ backlog: Backlog
    ) {
        let settlement = Settlement(
            known: parts.manifest,
            recorder: recorder,
            account: account,
            observer: parts.observer,
            clock: parts.clock
        )
        // Of those for mail some wait for links while others download: downloads at once are
        // bounded by the fetcher.
        let crews = [(Backlog.Lane.mail, 2 * settings.parallel), (.tasks, settings.parallel)]
        workers = crews.flatMap { lane, count in
            (0..<count).map { _ in
                FetchWork(
                    lane: lane,
                    backlog: backlog,
                    fetcher: parts.fetcher,
                    scratches: parts.store,
                    settlement: settlement,
                    account: account
                )
            }
        }
    }
}
