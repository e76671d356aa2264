/// Records what became of attachments that were asked for.
struct Settlement: Sendable {
    let known: any KnownItems
    let recorder: any Recorder
    let account: RunAccount
    let observer: any RunObserver
    let clock: any WallClock
    /// Files that wait for their commit: as many as a group takes.
    let room = Slots(Committer.mostEntries)

    /// A file token that is held already names the same bytes: no download.
    func adopt(_ item: WorkItem) async throws -> Bool {
        guard let token = item.attachment.fileToken, let size = item.attachment.size,
            let holder = try known.holder(of: token, size: size)
        else { return false }
        try await recorder.record(
            [
                AuditEvent(
                    .attachmentAdopted,
                    [
                        "attachment": .integer(item.number), "version": .integer(item.version),
                        "sha256": .string(holder.digest.hex), "size": .integer(holder.size),
                        "from": .integer(holder.number),
                    ]
                )
            ] + item.resolution
        )
        observer.observe(.held(holder.digest, bytes: holder.size, adopted: true))
        return true
    }

    func settle(_ item: WorkItem, _ result: Result<Received, FetchError>) async throws {
        switch result {
        case .success(let received): try await hold(item, received)
        case .failure(let error):
            switch error.reason {
            // What a stopped run leaves undone stays as it was: wanted, and no attempt counted.
            case .interrupted: break
            case .quota: await account.stop(.quota)
            case .credentials: await account.stop(.credentials(error.detail))
            case .noSpace: throw RunFailure.store(StoreError(.noSpace, error.detail))
            case .notWritable: throw RunFailure.store(StoreError(.notWritable, error.detail))
            default: try await fail(item, error)
            }
        }
    }

    private func hold(_ item: WorkItem, _ received: Received) async throws {
        let staged = received.staged
        // Publishing has put good bytes in the place of damaged ones.
        let repair: [AuditEvent] =
            try known.isDamaged(staged.digest) ? [.repaired(staged, by: "download")] : []
        try await recorder.record([staged], numbering: 0) { _ in
            [.held(number: item.number, version: item.version, received)] + item.resolution
                + repair
        }
        await staged.scratch.discard()
        await account.add(bytes: staged.size)
        observer.observe(.held(staged.digest, bytes: staged.size, adopted: false))
    }

    private func fail(_ item: WorkItem, _ error: FetchError) async throws {
        let attempts = item.attempts + 1
        let nextTry = LedgerSchedule.nextTry(afterFailures: attempts, at: clock.now())
        try await recorder.record([
            AuditEvent(
                .attachmentFailed,
                [
                    "attachment": .integer(item.number), "version": .integer(item.version),
                    "reason": .string(error.reason.rawValue),
                    "attempts": .integer(attempts), "next_try": .string(nextTry.description),
                ],
                hidden: ["detail": .string(error.detail)]
            )
        ])
        await account.addError()
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

extension WorkItem {
    /// `attachment.resolved`, for an item that stood in the ledger.
    fileprivate var resolution: [AuditEvent] {
        guard attempts > 0 else { return [] }
        return [AuditEvent(.attachmentResolved, ["attachment": .integer(number)])]
    }
}

extension AuditEvent {
    /// The object has its bytes again.
    package static func repaired(
        _ staged: Staged,
        by way: String,
        hidden: JSONObject = [:]
    ) -> AuditEvent {
        repaired(staged.digest, size: staged.size, by: way, hidden: hidden)
    }

    package static func repaired(
        _ digest: ContentDigest,
        size: Int64,
        by way: String,
        hidden: JSONObject = [:]
    ) -> AuditEvent {
        AuditEvent(
            .objectRepaired,
            ["sha256": .string(digest.hex), "size": .integer(size), "by": .string(way)],
            hidden: hidden
        )
    }
}
