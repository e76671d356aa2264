import CLinux
import Glibc

/// How much room text takes on a terminal.
extension Terminal {
    /// The columns of the terminal that results go to; nil when they go elsewhere.
    static var columns: Int? {
        let columns = Int(lk_columns(STDOUT_FILENO))
        return outputIsTerminal && columns > 0 ? columns : nil
    }

    /// How many columns a text takes: East Asian wide characters and emoji take two, marks none.
    static func width(_ text: String) -> Int {
        let bytes = text.utf8
        if bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) { return bytes.count }
        return text.reduce(0) { $0 + width($1) }
    }

    /// As much of a text as fits, with an ellipsis where some was left out.
    static func cut(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        var (shown, room) = ("", columns - 1)
        for character in text {
            room -= width(character)
            if room < 0 { break }
            shown.append(character)
        }
        return columns > 0 ? shown + "…" : ""
    }

    /// A character is as wide as its first scalar; a sign that asks for the emoji makes it wide.
    private static func width(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let scalar = scalars.first else { return 0 }
        if scalars.contains("\u{FE0F}") { return 2 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default:
            // The marks of half-width katakana have columns of their own.
            let marks = scalars.dropFirst().filter { (0xFF9E...0xFF9F).contains($0.value) }
            return (isWide(scalar) ? 2 : 1) + marks.count
        }
    }

    /// Source: Unicode's EastAsianWidth, W and F.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x1100: false
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1AFF0...0x1B2FF,
            0x1F200...0x1F2FF, 0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
