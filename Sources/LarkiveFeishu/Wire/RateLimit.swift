/// Decides when a call may start, so that the platform never has to refuse one.
///
/// Knows no clock and never sleeps. How the platform's windows are aligned is unknown, and so is
/// when a call arrives there: between its start and its answer. A call therefore counts from its
/// start until a whole window after its answer; then no window of that length, wherever it begins,
/// holds more calls than allowed. Calls are also spaced evenly from the first moment on, so that
/// a run that begins where another ended does not exceed what both together may do.
struct RateLimit: Sendable {
    enum Verdict: Equatable, Sendable {
        case go
        /// Ask again then.
        case wait(until: Duration)
    }

    private let windows: [RateWindow]
    private let spacing: Duration
    private var nextStart: Duration
    private var pausedUntil = Duration.zero
    private var running = 0
    /// When the answers of recent calls came, in order.
    private var answers: [Duration] = []

    init(_ windows: [RateWindow], at now: Duration) {
        self.windows = windows.map(\.withMargin)
        spacing = self.windows.map { $0.length / $0.limit }.max() ?? .zero
        nextStart = now + spacing
    }

    /// After `go` the call is running until ``answered(at:)``.
    mutating func request(at now: Duration) -> Verdict {
        forgetAnswers(at: now)
        let free = windows.map { firstFreeTime(in: $0, at: now) }.max() ?? now
        let start = max(free, nextStart, pausedUntil)
        guard start <= now else { return .wait(until: start) }
        running += 1
        // A late start does not delay the next: lateness of timers would add up.
        nextStart = max(nextStart, now - spacing) + spacing
        return .go
    }

    mutating func answered(at now: Duration) {
        running = max(0, running - 1)
        if !windows.isEmpty { answers.append(now) }
    }

    /// Lets nobody start before that time; returns by how much the pause grew.
    mutating func pause(until time: Duration, at now: Duration) -> Duration {
        let growth = time - max(pausedUntil, now)
        pausedUntil = max(pausedUntil, time)
        return max(growth, .zero)
    }

    private func firstFreeTime(in window: RateWindow, at now: Duration) -> Duration {
        let recent = answers.drop { $0 + window.length <= now }
        let surplus = recent.count + running - window.limit
        guard surplus >= 0 else { return now }
        // A running call is answered now at the earliest.
        let last = surplus < recent.count ? recent[recent.startIndex + surplus] : now
        return last + window.length
    }

    private mutating func forgetAnswers(at now: Duration) {
        let longest = windows.map(\.length).max() ?? .zero
        let old = answers.prefix { $0 + longest <= now }.count
        if old > 0 { answers.removeFirst(old) }
    }
}

extension RateWindow {
    /// A little longer than it is, for clocks that do not agree.
    fileprivate var withMargin: RateWindow {
        RateWindow(limit: limit, length: length + .milliseconds(2) + length / 500)
    }
}
