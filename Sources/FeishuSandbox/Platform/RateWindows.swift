/// Counts calls against a tier; a refused call is not counted, and two windows trip on either.
struct RateWindows: Sendable {
    struct Refusal: Equatable {
        let limit: Int
        let wait: Duration
    }

    private var windows: [any RateWindow]

    init(_ tier: Tier, _ kind: World.Quirks.Windows = .sliding) {
        windows = tier.windows.map { rule in
            switch kind {
            case .sliding: SlidingWindow(rule: rule)
            case .fixed: FixedWindow(rule: rule)
            }
        }
    }

    /// Nil when the call may pass.
    mutating func admit(at now: Moment) -> Refusal? {
        for index in windows.indices { windows[index].roll(to: now) }
        if let refusal = windows.compactMap({ $0.refusal(at: now) }).max(by: { $0.wait < $1.wait })
        {
            return refusal
        }
        for index in windows.indices { windows[index].count(at: now) }
        return nil
    }
}

/// One limit over one length of time.
private protocol RateWindow: Sendable {
    mutating func roll(to now: Moment)
    func refusal(at now: Moment) -> RateWindows.Refusal?
    mutating func count(at now: Moment)
}

/// No stretch of time of the window's length holds more calls than the limit.
private struct SlidingWindow: RateWindow {
    let rule: Tier.Window
    private var calls: [Moment] = []
    /// Where the calls that still count begin.
    private var first = 0

    init(rule: Tier.Window) { self.rule = rule }

    mutating func roll(to now: Moment) {
        while first < calls.count, calls[first].advanced(by: rule.length) <= now { first += 1 }
        guard first > 1000 else { return }
        calls.removeFirst(first)
        first = 0
    }

    func refusal(at now: Moment) -> RateWindows.Refusal? {
        guard calls.count - first >= rule.limit else { return nil }
        let wait = now.duration(to: calls[first].advanced(by: rule.length))
        return RateWindows.Refusal(limit: rule.limit, wait: wait)
    }

    mutating func count(at now: Moment) { calls.append(now) }
}

/// Windows that begin with the second, or with the minute, of the clock.
private struct FixedWindow: RateWindow {
    let rule: Tier.Window
    private var opened = Moment(milliseconds: 0)
    private var used = 0

    init(rule: Tier.Window) { self.rule = rule }

    mutating func roll(to now: Moment) {
        let length = rule.length.milliseconds
        let start = Moment(milliseconds: now.milliseconds / length * length)
        guard start != opened else { return }
        opened = start
        used = 0
    }

    func refusal(at now: Moment) -> RateWindows.Refusal? {
        guard used >= rule.limit else { return nil }
        let wait = now.duration(to: opened.advanced(by: rule.length))
        return RateWindows.Refusal(limit: rule.limit, wait: wait)
    }

    mutating func count(at now: Moment) { used += 1 }
}
