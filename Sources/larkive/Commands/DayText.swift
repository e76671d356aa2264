import LarkiveCore

/// A day as people write it: `2026`, `2026-03`, `2026-03-05`, or `7d` for seven days ago.
enum DayText: Equatable {
    case day(CivilDate)
    case daysAgo(Int64)

    init?(_ text: String) {
        if text.last == "d", let days = Self.number(text.dropLast()), days <= 36_600 {
            self = .daysAgo(days)
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap(Self.number)
        guard (1...3).contains(parts.count), numbers.count == parts.count,
            zip(parts, [4, 2, 2]).allSatisfy({ $0.utf8.count == $1 })
        else { return nil }
        let padded = numbers + [1, 1]
        let date = CivilDate(year: padded[0], month: padded[1], day: padded[2])
        // The thirtieth of February would be a day in March.
        guard date.year > 0, CivilDate(daysSinceEpoch: date.daysSinceEpoch) == date else {
            return nil
        }
        self = .day(date)
    }

    /// The first moment of the day in the process's time zone; days ago are of 24 hours.
    func beginning(now: Timestamp) -> Timestamp {
        switch self {
        case .day(let date): LocalTime.midnight(of: date)
        case .daysAgo(let days): now.advanced(bySeconds: -days * 86_400)
        }
    }

    /// The first moment of the day in UTC.
    func beginningInUTC(now: Timestamp) -> Timestamp {
        guard case .day(let date) = self else { return beginning(now: now) }
        return Timestamp(milliseconds: date.daysSinceEpoch * 86_400_000)
    }

    private static func number(_ text: Substring) -> Int64? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}
