/// A share of a limit of a few calls a window, in whole calls: so many in any window.
///
/// Where two keep to whole numbers that fit together, no window holds too many, however their
/// calls fall among each other. A refusal takes a seat; quiet gives one back, soon to those that
/// have few and late to those that have many, so that both come to have about the same. Below one
/// seat a call comes every second window, down to every sixteenth, until one is let through.
struct Seats: RateShare {
    private static let fewest = 1.0 / 16
    private static let longestQuiet = 90.0

    private let limit: Double
    private let window: Duration
    private var count: Double
    private var growsAt = Duration.zero
    /// How many times the quiet time is doubled; halved, if less than zero.
    private var doubt = 0
    /// Whether the last change was a seat more.
    private var isTrial = false

    init(_ window: RateWindow) {
        (limit, self.window) = (Double(window.limit), window.length)
        count = limit
    }

    var part: Double { count / limit }

    mutating func grow(at now: Duration) {
        guard count < limit, now >= growsAt else { return }
        if isTrial { doubt = max(min(doubt, 0) - 1, -2) }
        isTrial = true
        count = count < 1 ? 1 : count + 1
        growsAt = now + quiet
    }

    mutating func refused(at now: Duration, got: Double) -> Double {
        // A seat that was given up for another is asked for again sooner: both may have given one.
        doubt = isTrial ? min(max(doubt, 0) + 1, 4) : 0
        isTrial = false
        count = count > 1 ? fewer(got) : max(count / 2, Self.fewest)
        growsAt = now + quiet
        return 0
    }

    /// What was got lately, but not less than half; one less in any case.
    private func fewer(_ got: Double) -> Double {
        let kept = max((got * limit).rounded(), (count / 2).rounded(.down), 1)
        return min(count - 1, kept)
    }

    private var quiet: Duration {
        guard count >= 1 else { return window * (1.5 / count) }
        let doubled = doubt >= 0 ? Double(1 << doubt) : 1 / Double(1 << -doubt)
        return .seconds(max(min(160 * part * part * doubled, Self.longestQuiet), 1.5))
    }
}
