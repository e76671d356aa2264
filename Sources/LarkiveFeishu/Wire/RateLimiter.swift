/// Makes the callers of one endpoint wait as ``RateLimit`` says.
actor RateLimiter {
    private var limit: RateLimit
    private let ticker: any Ticker

    init(_ windows: [RateWindow], _ ticker: any Ticker) {
        limit = RateLimit(windows, at: ticker.now)
        self.ticker = ticker
    }

    /// Returns when a call may start, with the time of that.
    ///
    /// ``answered(started:wasHeard:)`` must follow. Whoever sleeps asks again, since a pause may
    /// have come meanwhile.
    func admit() async throws(CancellationError) -> Duration {
        while true {
            let now = ticker.now
            guard case .wait(let time) = limit.request(at: now) else { return now }
            try await ticker.sleep(until: time)
        }
    }

    func answered(started: Duration, wasHeard: Bool) {
        limit.answered(at: ticker.now, started: started, wasHeard: wasHeard)
    }

    /// Keeps the wait that the platform asked for; returns by how much everybody's wait grew.
    func refused(started: Duration, wait: ThrottleTime) -> Duration {
        limit.refused(at: ticker.now, started: started, wait: wait)
    }

    func passed() { limit.passed() }

    var isHopeless: Bool { limit.isHopeless(at: ticker.now) }
}

/// One limiter for each endpoint, as the platform counts.
struct RateLimiters: Sendable {
    private let limiters: [Endpoint: RateLimiter]

    /// Without pacing there are no windows, but a pause that the platform asks for is kept.
    init(isPaced: Bool, _ ticker: any Ticker) {
        limiters = Dictionary(
            uniqueKeysWithValues: Endpoint.allCases.map { endpoint in
                (endpoint, RateLimiter(isPaced ? endpoint.row.windows : [], ticker))
            }
        )
    }

    subscript(_ endpoint: Endpoint) -> RateLimiter? { limiters[endpoint] }
}
