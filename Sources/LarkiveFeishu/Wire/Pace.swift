/// How often calls of one endpoint start: evenly, at the full rate or at a share of it.
struct Pace: Sendable {
    /// What is made up for on a busy machine.
    private static let mostLate = Duration.milliseconds(250)

    /// When the next call may start.
    private(set) var next: Duration
    private let interval: Duration
    private var kept: any RateShare
    private var got: RecentStarts
    private var refusedAt: Duration

    init(_ windows: [RateWindow], at now: Duration) {
        interval = windows.map { $0.length / $0.limit }.max() ?? .zero
        kept = Self.kind(for: windows, at: now)
        got = RecentStarts(
            horizon: max(windows.map(\.length).max() ?? .zero, .seconds(20)),
            from: now
        )
        // A run that begins where another ended must not exceed what both together may do.
        next = now + interval
        refusedAt = now
    }

    private static func kind(for windows: [RateWindow], at now: Duration) -> any RateShare {
        guard let window = windows.first, windows.count == 1, window.limit <= 20 else {
            return Portion(at: now)
        }
        return window.limit == 1 ? Turns() : Seats(window)
    }

    var share: Double { kept.part }

    /// A late start does not delay the next, within bounds: lateness of timers would add up.
    mutating func started(at now: Duration) {
        guard interval > .zero else { return }
        let spacing = interval / share
        next = max(next, now - max(spacing, Self.mostLate)) + spacing
        got.note(now)
        kept.started()
    }

    mutating func grow(at now: Duration) { kept.grow(at: now) }

    mutating func refused(at now: Duration, started: Duration) {
        guard interval > .zero else { return }
        got.forget(started)
        // Calls that were on their way together are refused together.
        guard started >= refusedAt else { return }
        refusedAt = now
        let part = got.rate(at: now) * (interval / .seconds(1))
        next += interval * kept.refused(at: now, got: part)
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
