/// Decides when a call may start, so that the platform never has to refuse one.
///
/// Knows no clock and never sleeps. How the platform's windows are aligned is unknown, and so is
/// when a call arrives there. A call counts from its answer, less the shortest round trip that
/// can be relied upon, until a whole window later: a call that starts then arrives no sooner than
/// a window after the first did, so that no window, wherever it begins, holds more calls than
/// allowed. A steady round trip costs nothing; only what a call took longer than others does.
struct RateLimit: Sendable {
    enum Verdict: Equatable, Sendable {
        case go
        /// Ask again then.
        case wait(until: Duration)
    }

    private let windows: [RateWindow]
    private var trips = RoundTrips()
    private var pace: Pace
    private var pausedUntil = Duration.zero
    /// The first refusal since a call was let through.
    private var barrenSince: Duration?
    /// When the calls without an answer started.
    private var running: [Duration] = []
    /// From when on the answered calls of the longest window count, in order.
    private var counted: [Duration] = []

    /// An endpoint that lets nothing through for so long is not waited for.
    static let longestDrought = Duration.seconds(600)

    init(_ windows: [RateWindow], at now: Duration) {
        self.windows = windows.map(\.withMargin)
        pace = Pace(self.windows, at: now)
    }

    /// What the endpoint is given of its rate, from 0 to 1; less than 1 when others have a part.
    var share: Double { pace.share }

    /// After `go` the call is running until ``answered(at:started:wasHeard:)``.
    mutating func request(at now: Duration) -> Verdict {
        forget(at: now)
        pace.grow(at: now)
        let free = windows.map { firstFreeTime(in: $0, at: now) }.max() ?? now
        let start = max(free, pace.next, pausedUntil)
        guard start <= now else { return .wait(until: start) }
        running.append(now)
        pace.started(at: now)
        return .go
    }

    /// The call that started then is over; nothing was heard when there was no answer at all.
    mutating func answered(at now: Duration, started: Duration, wasHeard: Bool = true) {
        if let place = running.firstIndex(of: started) { running.remove(at: place) }
        guard !windows.isEmpty else { return }
        if wasHeard { trips.note(now - started) }
        let counts = max(started, now - trips.floor)
        let place = counted.lastIndex { $0 <= counts }.map { $0 + 1 } ?? 0
        counted.insert(counts, at: place)
    }

    /// The platform refused the call that started then, in spite of all: nobody starts before the
    /// wait is over, and calls come less often for a while.
    ///
    /// Returns by how much everybody's wait grew.
    mutating func refused(
        at now: Duration,
        started: Duration,
        wait: ThrottleTime
    ) -> Duration {
        trips = RoundTrips()
        let end = now + wait.length
        pace.refused(at: now, started: started)
        barrenSince = barrenSince ?? now
        let growth = end - max(pausedUntil, now)
        pausedUntil = max(pausedUntil, end)
        return max(growth, .zero)
    }

    /// The platform let a call through.
    mutating func passed() { barrenSince = nil }

    /// Whether it refuses all calls, and has for long.
    func isHopeless(at now: Duration) -> Bool {
        barrenSince.map { now - $0 >= Self.longestDrought } ?? false
    }

    private func firstFreeTime(in window: RateWindow, at now: Duration) -> Duration {
        let recent = counted.drop { $0 + window.length <= now }
        let surplus = recent.count + running.count - limit(of: window)
        guard surplus >= 0 else { return now }
        // A running call is answered now at the earliest.
        let soonest = running.map { max($0, now - trips.floor) }
        // As many as these are surely among the first: they need no sorting.
        let sure = max(0, surplus - running.count)
        return (recent.dropFirst(sure) + soonest).sorted()[surplus - sure] + window.length
    }

    /// Whole calls of the share that is kept.
    private func limit(of window: RateWindow) -> Int {
        max(1, Int((Double(window.limit) * pace.share).rounded(.down)))
    }

    private mutating func forget(at now: Duration) {
        let longest = windows.map(\.length).max() ?? .zero
        let old = counted.prefix { $0 + longest <= now }.count
        if old > 0 { counted.removeFirst(old) }
    }
}

extension RateWindow {
    /// A little longer than it is, for clocks that do not agree.
    fileprivate var withMargin: RateWindow {
        RateWindow(limit: limit, length: length + .milliseconds(2) + length / 500)
    }
}
