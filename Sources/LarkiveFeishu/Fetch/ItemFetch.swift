import LarkiveCore

/// What downloads share.
struct FetchTools: Sendable {
    let mint: LeaseMint
    let download: LinkDownload
    let ticker: any Ticker
    let jitter: Jitter
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
            let url = try await link()
            tries += 1
            do throws(Trouble) {
                return try await attempt(url, scratches)
            } catch {
                try await overcome(error)
            }
        }
    }

    /// A link with a use drawn from it.
    private mutating func link() async throws(FetchError) -> LinkURL {
        let now = tools.ticker.now
        if case .use(let url) = lease?.draw(at: now) { return url }
        guard renewals < Self.mostRenewals else {
            throw FetchError(.linkDead, "every link was used up before the file was here")
        }
        renewals += 1
        way = .link
        var fresh = try await minted()
        guard case .use(let url) = fresh.draw(at: tools.ticker.now) else {
            throw FetchError(.linkDead, "the link was too old when it came")
        }
        lease = fresh
        return url
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
        switch trouble.cure {
        case .none: throw trouble.error
        case .newLink:
            guard renewals < Self.mostRenewals else { throw trouble.error }
            lease = nil
        case .again(let most):
            guard tries < most, canDraw else { throw trouble.error }
            try await pause(trouble)
        }
    }

    private var canDraw: Bool {
        renewals < Self.mostRenewals || lease?.isFresh(at: tools.ticker.now) ?? false
    }

    private func pause(_ trouble: Trouble) async throws(FetchError) {
        do {
            let own = Backoff.pause(after: tries, tools.jitter)
            try await tools.ticker.sleep(for: trouble.pause ?? own)
        } catch {
            throw FetchError(.interrupted, "interrupted")
        }
    }
}
