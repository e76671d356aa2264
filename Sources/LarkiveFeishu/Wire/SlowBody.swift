/// Tells a body that comes, if slowly, from one that will never be here.
///
/// Silence is the transport's to notice; this is for bodies that drip.
struct SlowBody: Sendable {
    static let grace = Duration.seconds(60)
    /// Bytes in a second, once the grace is over.
    static let slowest = 1_024

    private let start: Duration
    private var received = 0

    init(at start: Duration) { self.start = start }

    mutating func took(_ count: Int, at now: Duration) throws(TransportError) {
        received += count
        let allowed = Self.grace + .seconds(received / Self.slowest)
        guard now - start <= allowed else {
            throw TransportError(.cut, "given up after \(received) bytes: it comes too slowly")
        }
    }
}
