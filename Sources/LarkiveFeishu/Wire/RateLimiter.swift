/// Makes the callers of one endpoint wait as ``RateLimit`` says.
actor RateLimiter {
    private var limit: RateLimit
    private let ticker: any Ticker

    init(_ windows: [RateWindow], _ ticker: any Ticker) {
        limit = RateLimit(windows, at: ticker.now)
        self.ticker = ticker
    }

    /// Returns when a call may start; it must be followed by ``answered()``.
    func admit() async throws(CancellationError) {
        while case .wait(let time) = limit.request(at: ticker.now) {
            try await ticker.sleep(until: time)
        }
    }

    func answered() { limit.answered(at: ticker.now) }

    /// Keeps a pause that the platform asked for; returns by how much everybody's wait grew.
    func pause(for time: Duration) -> Duration {
        let now = ticker.now
        return limit.pause(until: now + time, at: now)
    }
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

/// How long the platform asks to wait when it throttles.
///
/// Source: the page on rate limits; `x-ogw-ratelimit-reset` is a number of seconds, met in the
/// wild with fractions. A gateway may say `Retry-After` instead, or nothing, or nonsense.
enum ThrottleTime {
    static let unsaid = Duration.seconds(1)
    static let shortest = Duration.milliseconds(100)
    static let longest = Duration.seconds(60)

    static func asked(by headers: HeaderLines) -> Duration {
        let words = [headers["x-ogw-ratelimit-reset"], headers["Retry-After"]]
        let seconds = words.compactMap { $0.flatMap(number) }.first
        guard let seconds else { return unsaid }
        return min(max(.seconds(min(seconds, 3_600)), shortest), longest)
    }

    private static func number(_ text: String) -> Double? {
        guard let seconds = Double(text), seconds.isFinite, seconds >= 0 else { return nil }
        return seconds
    }
}
