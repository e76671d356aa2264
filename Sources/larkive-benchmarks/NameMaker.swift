/// Names of files, subjects and summaries in three languages and all the forms that they come in.
enum NameMaker {
    static func file(with draw: inout Draw) -> String {
        let name = plain(with: &draw)
        return draw.once(in: 30) ? fullWidth(name) : name
    }

    private static func plain(with draw: inout Draw) -> String {
        let ending = draw.one(of: Words.endings)
        switch draw.below(20) {
        case 0..<8: return "\(chinese(with: &draw))\(version(with: &draw)).\(ending)"
        case 8..<13: return "\(english(with: &draw, joined: "_"))\(version(with: &draw)).\(ending)"
        case 13..<16: return "\(japanese(with: &draw))\(version(with: &draw)).\(ending)"
        case 16: return "IMG_\(day(with: &draw, joined: ""))_\(100_000 + draw.below(900_000)).jpg"
        case 17: return "INV-\(2_015 + draw.below(12))-\(100_000 + draw.below(900_000)).pdf"
        case 18: return "微信图片_\(day(with: &draw, joined: ""))\(100_000 + draw.below(900_000)).png"
        default:
            return "\(chinese(with: &draw))-\(english(with: &draw, joined: " ")).\(ending)"
        }
    }

    static func subject(with draw: inout Draw) -> String {
        let mark = draw.one(of: ["", "", "Re: ", "答复: ", "转发：", "Fwd: ", "【通知】"])
        return mark + title(with: &draw)
    }

    /// A few words in one language.
    static func title(with draw: inout Draw) -> String {
        switch draw.below(10) {
        case 0..<5: "关于\(chinese(with: &draw))的\(draw.one(of: Words.chinese))"
        case 5..<8: english(with: &draw, joined: " ")
        default: "\(japanese(with: &draw))について"
        }
    }

    private static func chinese(with draw: inout Draw) -> String {
        let words = (0..<2 + draw.below(2)).map { _ in draw.one(of: Words.chinese) }.joined()
        return draw.once(in: 2) ? "\(2_015 + draw.below(12))年\(1 + draw.below(12))月\(words)" : words
    }

    private static func english(with draw: inout Draw, joined mark: String) -> String {
        let words = (0..<2 + draw.below(3)).map { _ in draw.one(of: Words.english) }
        let cased =
            draw.once(in: 2) ? words.map { $0.prefix(1).uppercased() + $0.dropFirst() } : words
        return cased.joined(separator: mark)
    }

    private static func japanese(with draw: inout Draw) -> String {
        (0..<2).map { _ in draw.one(of: Words.japanese) }.joined(
            separator: draw.one(of: ["", "・", "_"])
        )
    }

    private static func version(with draw: inout Draw) -> String {
        switch draw.below(6) {
        case 0: "（\(1 + draw.below(9))）"
        case 1: "-v\(1 + draw.below(12))"
        case 2: "_\(day(with: &draw, joined: "-"))"
        case 3: " \(100_000 + draw.below(900_000))"
        default: ""
        }
    }

    private static func day(with draw: inout Draw, joined mark: String) -> String {
        let (year, month, day) = (
            2_015 + draw.below(12), 101 + draw.below(12), 101 + draw.below(28)
        )
        return "\(year)\(mark)\(String(month).dropFirst())\(mark)\(String(day).dropFirst())"
    }

    /// As typed with an input method that was left in full width.
    static func fullWidth(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    (0x21...0x7E).contains(scalar.value)
                        ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar
                }
            )
        )
    }
}
