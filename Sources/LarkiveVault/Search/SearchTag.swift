/// What is known of an attachment besides texts, as tokens of its document.
///
/// They begin with a letter that no field has.
enum SearchTag {
    static let all = "xall"
    static let vanished = "xvanished"
    /// It has other contents than the newest.
    static let changed = "xchanged"

    static func kind(_ kind: String) -> String { "x\(kind)" }
    static func source(_ number: Int64) -> String { "xs\(number)" }

    /// A size has two tags: one that it shares up to the next eighth of a power of two, and one that
    /// it shares up to the next power.
    static func sizes(_ size: Int64) -> [String] {
        let eighth = eighth(size)
        return [self.eighth(eighth), power(eighth / 8)]
    }

    /// Every size of a range has one of these, and none that is more than an eighth away: whole
    /// powers, and eighths at the ends.
    static func sizes(from least: Int64?, to most: Int64?) -> [String] {
        let (low, high) = (eighth(least ?? 0), eighth(most ?? .max))
        var (tags, next) = ([String](), low)
        while next <= high {
            let isWhole = next % 8 == 0 && next + 7 <= high
            tags.append(isWhole ? power(next / 8) : eighth(next))
            next += isWhole ? 8 : 1
        }
        return tags
    }

    private static func eighth(_ eighth: Int) -> String { "xz\(eighth)" }
    private static func power(_ power: Int) -> String { "xp\(power)" }

    /// So many digits of a digest are in its tag.
    static let digits = 16

    static func digest(_ hex: String) -> String { "xh\(hex.prefix(digits))" }

    /// What finds the digests that begin so; nil for what is no beginning of one.
    static func digests(beginning prefix: String) -> String? {
        let isHex = prefix.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
        }
        guard isHex, prefix.utf8.count <= 64 else { return nil }
        return prefix.utf8.count < digits ? "\"xh\(prefix)\"*" : digest(prefix)
    }

    /// The power of two and the three digits after it.
    private static func eighth(_ size: Int64) -> Int {
        let size = max(size, 1)
        let power = 63 - size.leadingZeroBitCount
        let digits = power < 3 ? size << (3 - power) : size >> (power - 3)
        return power * 8 + Int(digits & 7)
    }
}
