import LarkiveCore

/// How long the platform asks to wait when it throttles.
///
/// Source: the page on rate limits; `x-ogw-ratelimit-reset` is a number of seconds, met in the
/// wild with fractions. A gateway may say `Retry-After` instead, in seconds or as a date, or
/// nothing, or nonsense.
struct ThrottleTime: Equatable, Sendable {
    static let unsaid = Duration.seconds(1)
    static let shortest = Duration.milliseconds(100)
    /// No window is longer than a minute, so a longer wait is a mistake or a punishment; after
    /// five minutes it is found out which.
    static let longest = Duration.seconds(300)

    let length: Duration

    init(_ length: Duration) { self.length = min(max(length, Self.shortest), Self.longest) }

    /// The headers are asked in the order in which Feishu's own client asks them.
    init(_ headers: HeaderLines) {
        let words = [headers["x-ogw-ratelimit-reset"], headers["Retry-After"]].compactMap { $0 }
        let said =
            words.lazy.compactMap(Self.seconds).first
            ?? Self.untilDate(headers["Retry-After"], headers["Date"])
        self.init(said.map { .seconds(min($0, 3_600)) } ?? Self.unsaid)
    }

    private static func seconds(_ text: String) -> Double? {
        let text = text.drop { $0 == " " }
        guard let seconds = Double(text), seconds.isFinite, seconds >= 0 else { return nil }
        return seconds
    }

    /// Measured on the server's clock, since ours may differ.
    private static func untilDate(_ end: String?, _ now: String?) -> Double? {
        guard let end = end.flatMap(HTTPDate.read), let now = now.flatMap(HTTPDate.read) else {
            return nil
        }
        return max(end.seconds(since: now), 0)
    }
}
