/// Counts calls against a tier.
///
/// A window opens with its first call and closes after its length, as gateways count;
/// a refused call is not counted. Two windows trip on either.
struct RateWindows: Sendable {
    struct Refusal: Equatable {
        let limit: Int
        let wait: Duration
    }

    private var windows: [Window]

    fileprivate struct Window: Sendable {
        let rule: Tier.Window
        var opened: Moment?
        var used = 0
    }

    init(_ tier: Tier) { windows = tier.windows.map { Window(rule: $0) } }

    /// Nil when the call may pass.
    mutating func admit(at now: Moment) -> Refusal? {
        for index in windows.indices { windows[index].roll(to: now) }
        if let refusal = windows.compactMap({ $0.refusal(at: now) }).max(by: { $0.wait < $1.wait })
        {
            return refusal
        }
        for index in windows.indices { windows[index].used += 1 }
        return nil
    }
}

extension RateWindows.Window {
    fileprivate mutating func roll(to now: Moment) {
        if let opened, now < opened.advanced(by: rule.length) { return }
        opened = now
        used = 0
    }

    fileprivate func refusal(at now: Moment) -> RateWindows.Refusal? {
        guard used >= rule.limit, let opened else { return nil }
        let wait = now.duration(to: opened.advanced(by: rule.length))
        return RateWindows.Refusal(limit: rule.limit, wait: wait)
    }
}
