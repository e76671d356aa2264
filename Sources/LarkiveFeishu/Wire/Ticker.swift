/// Time since some moment that never changes; passed in, so that tests decide how it passes.
///
/// Never goes back and goes on while the machine sleeps.
protocol Ticker: Sendable {
    var now: Duration { get }
    /// Returns at that time or later; throws only when the task is cancelled.
    func sleep(until time: Duration) async throws(CancellationError)
}

extension Ticker {
    func sleep(for pause: Duration) async throws(CancellationError) {
        try await sleep(until: now + pause)
    }
}

/// The system's clock, counted from when it was made.
struct SystemTicker: Ticker {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init() { start = clock.now }

    var now: Duration { start.duration(to: clock.now) }

    func sleep(until time: Duration) async throws(CancellationError) {
        do {
            try await clock.sleep(until: start.advanced(by: time), tolerance: .zero)
        } catch {
            throw CancellationError()
        }
    }
}
