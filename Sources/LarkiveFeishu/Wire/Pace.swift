/// How often calls of one endpoint start: evenly, at the full rate or at a share of it.
///
/// The limit belongs to the app, and another program may use it too. A refusal lowers the share;
/// quiet raises it again, slowly at first, so that two that have found their places seldom meet,
/// and faster after a long quiet. The numbers are found by simulation: see `SharedPaceTests`.
struct Pace: Sendable {
    static let smallest = 1.0 / 64

    /// What is made up for on a busy machine.
    private static let mostLate = Duration.milliseconds(250)

    private(set) var share = 1.0
    /// When the next call may start.
    private(set) var next: Duration
    private let interval: Duration
    /// With one call a window, two that share it must take turns; nothing lies between.
    private let isSingle: Bool
    private var got: RecentStarts
    private var grown: Duration
    /// The last refusal, or the beginning.
    private var quietSince: Duration
    private var wasRefused = false
    private var startsSinceRefusal = 0
    /// Refusals that followed each other closely.
    private var streak = 0.0
    /// By what part of the interval the next start is moved away from where it was refused.
    private var nudge = 0.25

    init(_ windows: [RateWindow], at now: Duration) {
        interval = windows.map { $0.length / $0.limit }.max() ?? .zero
        isSingle = windows.contains { $0.limit == 1 }
        got = RecentStarts(
            horizon: max(windows.map(\.length).max() ?? .zero, .seconds(20)),
            from: now
        )
        // A run that begins where another ended must not exceed what both together may do.
        next = now + interval
        (grown, quietSince) = (now, now)
    }

    /// A late start does not delay the next, within bounds: lateness of timers would add up.
    mutating func started(at now: Duration) {
        guard interval > .zero else { return }
        let spacing = interval / share
        next = max(next, now - max(spacing, Self.mostLate)) + spacing
        got.note(now)
        startsSinceRefusal += 1
    }

    mutating func grow(at now: Duration) {
        guard share < 1, now > grown else { return }
        let (pace, calm) = isSingle ? (0.000_04, 30.0) : (0.000_25, 60.0)
        let quiet = (now - quietSince) / .seconds(calm)
        share += pace * ((now - grown) / .seconds(1)) * (1 + quiet * quiet)
        share = min(share, 1)
        grown = now
    }

    /// `end` is when the wait is over, if the platform said so precisely.
    mutating func refused(at now: Duration, started: Duration, until end: Duration?) {
        guard interval > .zero else { return }
        got.forget(started)
        // Calls that were on their way together are refused together.
        guard started >= quietSince else { return }
        let isInARow = startsSinceRefusal <= 1
        nudge = isInARow ? min(nudge * 2, 0.3) : max(nudge / 2, 0.015)
        share = max(isSingle ? lowerTurn(at: now) : lower(at: now), Self.smallest)
        (grown, quietSince, wasRefused, startsSinceRefusal) = (now, now, true, 0)
        if let end, !isInARow { next = min(next, end) }
        next += interval * nudge
    }

    /// What was got lately, if it is much less than the share; a little less in any case.
    private func lower(at now: Duration) -> Double {
        min(share * 0.97, max(share * 0.7, got.rate(at: now) * (interval / .seconds(1))))
    }

    /// Shares of turns: nearly 1/2, 1/3, 1/4; small steps around them, half when it is of no use.
    private mutating func lowerTurn(at now: Duration) -> Double {
        if startsSinceRefusal > 16 { streak = 0 }
        streak = max(0, streak + 1 - Double(startsSinceRefusal) / 5)
        guard share <= 0.97 else {
            return wasRefused && now - quietSince < .seconds(60) ? 0.97 / 2 : 0.97
        }
        let turn = 0.97 / (0.97 / share).rounded(.up)
        if share > turn * 1.03 { return turn }
        guard streak >= 5 else { return share * 0.9975 }
        streak = 3
        return share / 2
    }
}

/// When calls of the last while started that were not refused.
struct RecentStarts: Sendable {
    private let horizon: Duration
    private let born: Duration
    private var starts: [Duration] = []

    init(horizon: Duration, from born: Duration) {
        self.horizon = horizon
        self.born = born
    }

    mutating func note(_ start: Duration) {
        starts.append(start)
        let old = starts.prefix { $0 + horizon <= start }.count
        if old > 0 { starts.removeFirst(old) }
    }

    mutating func forget(_ start: Duration) {
        if let place = starts.lastIndex(of: start) { starts.remove(at: place) }
    }

    /// How many there were in a second.
    func rate(at now: Duration) -> Double {
        Double(starts.count) / max(min(horizon, now - born) / .seconds(1), 1)
    }
}
