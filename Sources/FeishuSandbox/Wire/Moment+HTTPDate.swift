extension Moment {
    /// As in a `Date` header: `Sat, 21 Nov 2026 07:12:35 GMT`.
    var httpDate: String {
        let seconds = Int(milliseconds / 1000)
        let (day, time) = (seconds / 86_400, seconds % 86_400)
        let (year, month, date) = Self.civil(day)
        let clock = [time / 3600, time / 60 % 60, time % 60].map(Self.two).joined(separator: ":")
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        return "\(names[day % 7]), \(Self.two(date)) \(Self.months[month - 1]) \(year) \(clock) GMT"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }

    /// The Gregorian date of a day since 1970; years are counted from March here.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let (era, inEra) = (shifted / 146_097, shifted % 146_097)
        let year = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * year + year / 4 - year / 100)
        let march = (5 * inYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (era * 400 + year + (month <= 2 ? 1 : 0), month, inYear - (153 * march + 2) / 5 + 1)
    }
}
