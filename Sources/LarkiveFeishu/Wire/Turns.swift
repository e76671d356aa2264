/// A share of a limit of one call a window: every window, every second one, every third.
///
/// Those that share take turns, a little slower than the windows would allow, so that each finds
/// a place between the others and keeps it.
struct Turns: RateShare {
    private static let slack = 0.97
    private static let most = 24

    /// A call comes every so many windows.
    private var count = 1
    private var isShared = false
    private var nudge = 0.25
    private var startsSinceRefusal = 0
    private var refusedAt = Duration.zero
    /// Refusals that followed each other closely.
    private var streak = 0.0
    private var growsAt = Duration.zero
    /// How many times the quiet time is doubled.
    private var doubt = 0
    /// Whether the last change was to fewer windows.
    private var isTrial = false

    var part: Double { (isShared ? Self.slack : 1) / Double(count) }

    mutating func started() { startsSinceRefusal += 1 }

    mutating func grow(at now: Duration) {
        guard isShared, now >= growsAt else { return }
        isShared = count > 1
        count = max(count / 2, 1)
        isTrial = true
        growsAt = now + quiet
    }

    mutating func refused(at now: Duration, got: Double) -> Double {
        streak = max(0, streak + 1 - Double(startsSinceRefusal) / 6)
        lower(at: now)
        isShared = true
        move()
        (startsSinceRefusal, refusedAt, growsAt) = (0, now, now + quiet)
        return nudge
    }

    /// One refusal makes room for a moment; a second one soon after it means that there is company.
    private mutating func lower(at now: Duration) {
        let before = count
        if isTrial, startsSinceRefusal <= 8 {
            (count, doubt) = (max(count * 2, 2), min(doubt + 1, 3))
        } else if count == 1 {
            count = isShared && now - refusedAt < .seconds(60) ? 2 : 1
        } else if streak >= 5 {
            count = startsSinceRefusal <= 1 ? count * 2 : count + 1
        }
        count = min(count, Self.most)
        guard count != before else { return }
        (streak, isTrial) = (0, false)
    }

    /// Far while a place is looked for, hardly at all when it was good for long.
    private mutating func move() {
        if startsSinceRefusal <= 1 { nudge = min(nudge * 2, 0.3) }
        if startsSinceRefusal > 8 { nudge = max(nudge / 2, 0.015) }
    }

    private var quiet: Duration {
        .seconds(count > 3 ? Double(count) * 4 : 90 * Double(1 << doubt))
    }
}
