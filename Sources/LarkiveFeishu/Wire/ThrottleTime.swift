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
    /// Whether it was said to a fraction of a second, and so tells when the window ends.
    let isExact: Bool

    init(_ length: Duration, isExact: Bool = false) {
        self.length = min(max(length, Self.shortest), Self.longest)
        self.isExact = isExact
    }

    /// The headers are asked in the order in which Feishu's own client asks them.
    init(_ headers: HeaderLines) {
        let words = [headers["x-ogw-ratelimit-reset"], headers["Retry-After"]].compactMap { $0 }
        let said =
            words.lazy.compactMap(Self.seconds).first
            ?? Self.untilDate(headers["Retry-After"], headers["Date"])
        guard let said else {
            self.init(Self.unsaid)
            return
        }
        let isExact = said != said.rounded() && said > 0
        self.init(.seconds(min(said, 3_600)), isExact: isExact)
    }

    private static func seconds(_ text: String) -> Double? {
        let text = text.drop { $0 == " " }
        guard let seconds = Double(text), seconds.isFinite, seconds >= 0 else { return nil }
        return seconds
    }

    /// Measured on the server's clock, since ours may differ.
    private static func untilDate(_ end: String?, _ now: String?) -> Double? {
        guard let end = end.flatMap(HTTPDate.seconds), let now = now.flatMap(HTTPDate.seconds)
        else { return nil }
        return Double(max(end - now, 0))
    }
}

/// `Sat, 21 Nov 2026 04:05:06 GMT`, the only form of date that servers may still send.
///
/// Source: RFC 9110, 5.6.7.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970.
    static func seconds(_ text: String) -> Int? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]),
            let year = Int(parts[3]),
            let month = months.firstIndex(of: String(parts[2])),
            (1...31).contains(day), (1970...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]),
            (0...60).contains(clock[2])
        else { return nil }
        let days = daysBefore(year, month + 1) + day - 1
        return ((days * 24 + clock[0]) * 60 + clock[1]) * 60 + clock[2]
    }

    /// Days from 1970 to the first of a month; years are counted from March, so that a leap day
    /// is the last of its year.
    private static func daysBefore(_ year: Int, _ month: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let inYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + inYear - 719_468
    }
}
