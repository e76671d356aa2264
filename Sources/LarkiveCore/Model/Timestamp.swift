/// A moment: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static let epoch = Timestamp(milliseconds: 0)

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }

    package func advanced(bySeconds seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds + seconds * 1_000)
    }

    package func seconds(since other: Timestamp) -> Double {
        Double(milliseconds - other.milliseconds) / 1_000
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds, as in `2026-11-21T04:05:06.789Z`.
    package var description: String {
        let (days, rest) = milliseconds.floored(by: 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        let (seconds, millis) = (rest / 1_000, rest % 1_000)
        let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { $0.padded(2) }
        return "\(date)T\(clock.joined(separator: ":")).\(millis.padded(3))Z"
    }

    /// Reads exactly what `description` prints.
    package init?(_ text: String) {
        let fields = text.split(whereSeparator: { "-T:.Z".contains($0) }).map { Int64($0) }
        guard fields.count == 7, case let numbers = fields.compactMap({ $0 }), numbers.count == 7
        else { return nil }
        let date = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2])
        let seconds = (numbers[3] * 60 + numbers[4]) * 60 + numbers[5]
        self.init(milliseconds: (date.daysSinceEpoch * 86_400 + seconds) * 1_000 + numbers[6])
        guard description == text else { return nil }
    }

    package var date: CivilDate {
        CivilDate(daysSinceEpoch: milliseconds.floored(by: 86_400_000).quotient)
    }
}

/// A day of the proleptic Gregorian calendar.
package struct CivilDate: Hashable, Sendable {
    package let year: Int64
    package let month: Int64
    package let day: Int64

    package init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    // Counts in eras of 400 years that begin on the first of March, so that leap days come last.
    package init(daysSinceEpoch: Int64) {
        let (era, dayOfEra) = (daysSinceEpoch + 719_468).floored(by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    package var daysSinceEpoch: Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = marchYear.floored(by: 400)
        let marchMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension CivilDate: CustomStringConvertible {
    package var description: String {
        "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))"
    }
}

extension Int64 {
    fileprivate func floored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    package func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
