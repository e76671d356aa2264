/// Numbers from 0 up to 1, passed in so that tests can repeat them.
struct Jitter: Sendable {
    let next: @Sendable () -> Double

    static let system = Jitter { Double.random(in: 0..<1) }
}

/// How long to wait before the next try: doubling from a quarter of a second, half of it by chance.
///
/// Chance keeps callers that failed together from coming back together.
struct Backoff: Sendable {
    static let first = Duration.milliseconds(250)

    /// The pause after so many tries, at least one.
    static func pause(after tries: Int, _ jitter: Jitter) -> Duration {
        let whole = first * (1 << min(max(tries - 1, 0), 6))
        return whole * (0.5 + 0.5 * jitter.next())
    }
}

/// Decides whether a call is tried again, and when.
///
/// At most so many tries and so much time a call, 15 seconds unless its answer may carry files.
/// Waiting for the rate limit is not counted, and a call that was throttled was not tried.
struct Patience: Sendable {
    static let time = Duration.seconds(15)

    private let tries: Int
    private let time: Duration
    private var made = 0
    private var spent = Duration.zero

    init(tries: Int, time: Duration = Self.time) {
        self.tries = tries
        self.time = time
    }

    /// The pause before the next try; nil when this was the last.
    mutating func pause(
        after decision: Decision,
        taking duration: Duration,
        _ jitter: Jitter
    ) -> Duration? {
        made += 1
        let pause = Backoff.pause(after: made, jitter)
        spent += duration + pause
        guard decision.verdict == .again, made < allowed(decision.meaning) else { return nil }
        return spent < time ? pause : nil
    }

    /// A refused token is not for the courier to renew; an answer that makes no sense seldom makes
    /// more sense the third time.
    private func allowed(_ meaning: Meaning) -> Int {
        switch meaning {
        case .token: 1
        case .malformed: min(tries, 2)
        default: tries
        }
    }
}
