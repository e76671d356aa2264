/// A wait that a caller was told, on one endpoint.
struct Penalty: Sendable {
    /// Longer waits are not expected to be kept.
    static let longest: Duration = .seconds(60)

    private let told: Moment
    private let ends: Moment

    /// Nil when the answer tells no wait, or none that makes sense.
    init?(_ answer: Answer, at now: Moment) {
        let lines = answer.headers.first { $0.isReset } ?? answer.headers.first { $0.isRetryAfter }
        guard let seconds = lines.flatMap({ Double($0.value) }), seconds > 0, seconds < 1e6 else {
            return nil
        }
        told = now
        let wait = Duration.milliseconds(Int64((seconds * 1000).rounded(.up)))
        ends = now.advanced(by: min(wait, Self.longest))
    }

    /// Whether a call at this moment has not waited, and cannot have been on its way before.
    func isBroken(by now: Moment, grace: Duration) -> Bool {
        told.advanced(by: grace) <= now && now < ends
    }
}

extension Header {
    fileprivate var isReset: Bool { name.lowercased() == "x-ogw-ratelimit-reset" }
    fileprivate var isRetryAfter: Bool { name.lowercased() == "retry-after" }
}
