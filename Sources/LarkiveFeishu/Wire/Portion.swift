/// A share of a limit of many calls a window, in any portion.
///
/// Quiet raises it slowly at first, so that two that have found their places seldom meet, and
/// faster after a long quiet.
struct Portion: RateShare {
    private static let smallest = 1.0 / 64
    private static let aSecond = 0.000_25
    private static let calm = 60.0

    private(set) var part = 1.0
    private var grown: Duration
    /// The last refusal, or the beginning.
    private var quietSince: Duration

    init(at now: Duration) { (grown, quietSince) = (now, now) }

    mutating func grow(at now: Duration) {
        guard part < 1, now > grown else { return }
        let quiet = (now - quietSince) / .seconds(Self.calm)
        part += Self.aSecond * ((now - grown) / .seconds(1)) * (1 + quiet * quiet)
        part = min(part, 1)
        grown = now
    }

    /// What was got lately, if it is much less than the share; a little less in any case.
    mutating func refused(at now: Duration, got: Double) -> Double {
        part = max(min(part * 0.97, max(part * 0.7, got)), Self.smallest)
        (grown, quietSince) = (now, now)
        return 0
    }
}
