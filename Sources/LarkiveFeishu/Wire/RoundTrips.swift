/// How long calls take at least, learnt from those that were answered.
///
/// Zero, the safe assumption, until enough is known. The shortest of a few may have been lucky
/// one way but not the other: so the spread below the middle is taken off once more.
struct RoundTrips: Sendable {
    static let fewest = 8
    static let most = 64

    private(set) var floor = Duration.zero
    private var recent: [Duration] = []

    mutating func note(_ time: Duration) {
        recent.append(time)
        if recent.count > Self.most { recent.removeFirst() }
        let sorted = recent.sorted()
        guard sorted.count >= Self.fewest, let shortest = sorted.first else { return }
        let spread = sorted[sorted.count / 2] - shortest
        floor = max(shortest - spread, .zero)
    }
}
