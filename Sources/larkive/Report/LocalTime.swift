import Glibc
import LarkiveCore

/// Moments in the time zone of the process, as `TZ` or the system sets it.
enum LocalTime {
    /// `2026-03-05 14:02 +08:00`.
    static func text(_ time: Timestamp) -> String {
        let offset = offset(at: time)
        let local = time.advanced(bySeconds: offset).description
        let minutes = abs(offset) / 60
        let zone = "\((minutes / 60).padded(2)):\((minutes % 60).padded(2))"
        return
            "\(local.prefix(10)) \(local.dropFirst(11).prefix(5)) \(offset < 0 ? "-" : "+")\(zone)"
    }

    /// The same for a moment as the manifest keeps it; what is none stays as it is.
    static func text(_ time: String) -> String { Timestamp(time).map(text) ?? time }

    /// The first moment of a day.
    static func midnight(of date: CivilDate) -> Timestamp {
        var parts = tm()
        parts.tm_year = Int32(date.year - 1_900)
        parts.tm_mon = Int32(date.month - 1)
        parts.tm_mday = Int32(date.day)
        parts.tm_isdst = -1
        return Timestamp(milliseconds: Int64(mktime(&parts)) * 1_000)
    }

    /// Seconds east of Greenwich.
    private static func offset(at time: Timestamp) -> Int64 {
        var seconds = time_t(time.seconds(since: .epoch).rounded(.down))
        var parts = tm()
        // A moment that no calendar has is shown as it is.
        guard localtime_r(&seconds, &parts) != nil else { return 0 }
        return Int64(parts.tm_gmtoff)
    }
}
