import LarkiveCore

/// What downloads share.
struct FetchTools: Sendable {
    let mint: LeaseMint
    let download: LinkDownload
    let ticker: any Ticker
    let jitter: Jitter
    let budget: RetryBudget
    let slots: Slots
    let pauses: HostPauses
}

/// The tries to bring one attachment: links are drawn down, renewed within bounds, bodies checked.
struct ItemFetch {
    static let mostRenewals = 2

    private let attachment: Attachment
    private let tools: FetchTools
    private var lease: DownloadLease?
    private var way: Received.Way
    private var renewals = 0
    private var tries = 0
    /// What came when nothing but the end of the connection told that it was complete.
    private var unframed: (digest: ContentDigest, size: Int64)?

    /// Begins with `lease`, if there is one already.
    init(
        _ attachment: Attachment,
        _ tools: FetchTools,
        lease: DownloadLease?,
        way: Received.Way
    ) {
        self.attachment = attachment
        self.tools = tools
        self.lease = lease
        self.way = way
    }

    mutating func run(into scratches: any ScratchStore) async throws(FetchError) -> Received {
        while true {
            if lease?.isFresh(at: tools.ticker.now) != true { try await renew() }
            switch try await download(into: scratches) {
            case .success(let received): return received
            case .failure(let trouble): try await overcome(trouble)
            }
        }
    }

    /// One try, in a slot of its own.
    private mutating func download(
        into scratches: any ScratchStore
    ) async throws(FetchError) -> Result<Received, Trouble> {
        try await passHost()
        await tools.slots.enter()
        do throws(FetchError) {
            let result = try await tryNow(scratches)
            await tools.slots.leave()
            return result
        } catch {
            await tools.slots.leave()
            throw error
        }
    }

    private mutating func tryNow(
        _ scratches: any ScratchStore
    ) async throws(FetchError) -> Result<Received, Trouble> {
        let url = try await link()
        tries += 1
        do throws(Trouble) {
            return .success(try await attempt(url, scratches))
        } catch {
            return .failure(error)
        }
    }

    /// A link with a use drawn from it, when its host may be asked.
    private mutating func link() async throws(FetchError) -> LinkURL {
        try await passHost()
        guard !Task.isCancelled else { throw FetchError(.interrupted, "interrupted") }
        // A link that grew old while it waited for its turn has not failed.
        if lease?.isFresh(at: tools.ticker.now) != true { take(try await minted()) }
        let now = tools.ticker.now
        guard case .use(let url) = lease?.draw(at: now) else {
            throw FetchError(.linkDead, "the link was too old when it came")
        }
        return url
    }

    private func passHost() async throws(FetchError) {
        do {
            try await tools.pauses.pass(lease?.host ?? "")
        } catch {
            throw FetchError(.interrupted, "interrupted")
        }
    }

    /// A new link in place of one that is used up, or of none.
    private mutating func renew() async throws(FetchError) {
        guard renewals < Self.mostRenewals else {
            throw FetchError(.linkDead, "every link was used up before the file was here")
        }
        renewals += 1
        take(try await minted())
    }

    private mutating func take(_ fresh: DownloadLease) {
        way = .link
        lease = fresh
    }

    private func minted() async throws(FetchError) -> DownloadLease {
        let leases = await tools.mint.leases(for: [attachment])
        guard let result = leases[attachment.key] else {
            throw FetchError(.badAnswer, "there is no link for it")
        }
        return try result.get()
    }

    private mutating func attempt(
        _ url: LinkURL,
        _ scratches: any ScratchStore
    ) async throws(Trouble) -> Received {
        let scratch = try await opened(scratches)
        do throws(Trouble) {
            let arrived = try await tools.download.bring(attachment, from: url, into: scratch)
            let staged = try await finished(scratch)
            try check(staged, arrived)
            return Received(staged: staged, via: way, evidence: arrived.evidence)
        } catch {
            await scratch.discard()
            throw error
        }
    }

    private func opened(_ scratches: any ScratchStore) async throws(Trouble) -> any Scratch {
        do {
            let scratch = try await scratches.open(expecting: attachment.size)
            try await scratch.restart()
            return scratch
        } catch {
            throw .store(error)
        }
    }

    private func finished(_ scratch: any Scratch) async throws(Trouble) -> Staged {
        do {
            return try await scratch.finish()
        } catch {
            throw .store(error)
        }
    }

    /// A body without a length counts when the next download brings the same.
    private mutating func check(
        _ staged: Staged,
        _ arrived: LinkDownload.Arrived
    ) throws(Trouble) {
        guard !arrived.isFramed else { return }
        if let unframed, unframed == (staged.digest, staged.size) { return }
        unframed = (staged.digest, staged.size)
        throw .passing(.connection, "nothing but the end of the connection ended the body")
    }

    /// Returns when there may be another try; otherwise the trouble is final.
    private mutating func overcome(_ trouble: Trouble) async throws(FetchError) {
        // Everybody waits for a host that asks for it.
        if let pause = trouble.pause { await tools.pauses.pause(lease?.host ?? "", for: pause) }
        switch trouble.cure {
        case .none: throw trouble.error
        case .newLink:
            guard renewals < Self.mostRenewals else { throw trouble.error }
            lease = nil
        case .again(let most):
            guard tries < most, canDraw, trouble.pause != nil || tools.budget.mayRetry()
            else { throw trouble.error }
            try await rest()
        }
    }

    private var canDraw: Bool {
        renewals < Self.mostRenewals || lease?.isFresh(at: tools.ticker.now) ?? false
    }

    private func rest() async throws(FetchError) {
        do {
            try await tools.ticker.sleep(for: Backoff.pause(after: tries, tools.jitter))
        } catch {
            throw FetchError(.interrupted, "interrupted")
        }
    }
}
