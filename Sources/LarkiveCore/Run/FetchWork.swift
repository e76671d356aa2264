/// Takes work from the backlog, brings the bytes, and records what became of each attachment.
struct FetchWork {
    let backlog: Backlog
    let fetcher: any AttachmentFetcher
    let scratches: any ScratchStore
    let known: any KnownItems
    let recorder: any Recorder
    let observer: any RunObserver
    let clock: any WallClock
    let figures: Figures

    /// Works until the backlog is empty; several may run at once.
    func run() async throws {
        while !Task.isCancelled, let batch = try await backlog.next() {
            do {
                try await work(on: batch)
                await backlog.finished(batch)
            } catch {
                await backlog.stop()
                throw error
            }
        }
    }

    private func work(on batch: Backlog.Batch) async throws {
        if let item = batch.items.first, try await adopt(item) { return }
        let items = Dictionary(
            batch.items.map { ($0.attachment.key, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let outcomes = Outcomes()
        await fetcher.fetch(batch.parcel, into: scratches) { delivery in
            guard let item = items[delivery.key] else { return }
            do {
                try await settle(item, delivery.result)
            } catch { await outcomes.note(error) }
        }
        if let failure = await outcomes.failure { throw failure }
    }

    /// A file token that is held already names the same bytes: no download.
    private func adopt(_ item: WorkItem) async throws -> Bool {
        guard let token = item.attachment.fileToken, let size = item.attachment.size,
            let holder = try known.holder(of: token, size: size)
        else { return false }
        try await recorder.record([
            AuditEvent(
                .attachmentAdopted,
                [
                    "attachment": .integer(item.number), "version": .integer(item.version),
                    "sha256": .string(holder.digest.hex), "size": .integer(holder.size),
                    "from": .integer(holder.number),
                ]
            )
        ])
        observer.observe(.held(bytes: holder.size, adopted: true))
        return true
    }

    private func settle(_ item: WorkItem, _ result: Result<Received, FetchError>) async throws {
        switch result {
        case .success(let received): try await hold(item, received)
        // A run that is stopped leaves its work as it was: wanted, and no attempt counted.
        case .failure(let error) where error.reason == .interrupted: break
        case .failure(let error) where error.reason == .noSpace:
            throw RunFailure.store(StoreError(.noSpace, error.detail))
        case .failure(let error): try await fail(item, error)
        }
    }

    private func hold(_ item: WorkItem, _ received: Received) async throws {
        let staged = received.staged
        try await recorder.record([staged], numbering: 0) { _ in
            [
                AuditEvent(
                    .attachmentHeld,
                    [
                        "attachment": .integer(item.number), "version": .integer(item.version),
                        "sha256": .string(staged.digest.hex), "size": .integer(staged.size),
                        "via": .string(received.via.rawValue),
                    ],
                    hidden: ["headers": .object(received.evidence)]
                )
            ]
        }
        await staged.scratch.discard()
        await figures.add(bytes: staged.size)
        observer.observe(.held(bytes: staged.size, adopted: false))
    }

    private func fail(_ item: WorkItem, _ error: FetchError) async throws {
        let attempts = item.attempts + 1
        let nextTry = LedgerSchedule.nextTry(afterFailures: attempts, at: clock.now())
        try await recorder.record([
            AuditEvent(
                .attachmentFailed,
                [
                    "attachment": .integer(item.number), "reason": .string(error.reason.rawValue),
                    "attempts": .integer(attempts), "next_try": .string(nextTry.description),
                ],
                hidden: ["detail": .string(error.detail)]
            )
        ])
        observer.observe(
            .failed(
                item.attachment.key,
                name: item.attachment.name,
                error.reason,
                detail: error.detail
            )
        )
    }
}

/// Keeps the first error of deliveries that run at once.
private actor Outcomes {
    private(set) var failure: (any Error)?

    func note(_ error: any Error) { failure = failure ?? error }
}

/// Counts what a run has cost so far.
actor Figures {
    private(set) var bytesDownloaded: Int64 = 0

    func add(bytes: Int64) { bytesDownloaded += bytes }
}
