/// A name from the platform made fit to be a file's name; the same name always gives the same.
///
/// Names are data: they may hold paths, control and direction characters, or names that some
/// systems reserve.
package enum SafeName {
    private static let longest = 255
    private static let reserved: Set = ["CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"]

    /// `distinguishing` is put before the extension where several files of one name are written,
    /// with so many of its digits.
    package static func make(
        _ name: String,
        distinguishing: ContentDigest? = nil,
        digits: Int = 8
    ) -> String {
        let (stem, ending) = split(plain(name))
        return joined(stem, mark(distinguishing, digits), ending)
    }

    /// A folder's name: nothing in it is taken for an extension.
    package static func folder(_ name: String, distinguishing: ContentDigest? = nil) -> String {
        joined(plain(name), mark(distinguishing, 8), "")
    }

    private static func mark(_ digest: ContentDigest?, _ digits: Int) -> String {
        digest.map { " [\($0.hex.prefix(digits))]" } ?? ""
    }

    private static func joined(_ stem: String, _ mark: String, _ ending: String) -> String {
        let room = longest - ending.utf8.count - mark.utf8.count
        guard stem.utf8.count > room else { return stem + mark + ending }
        return (mark + ending).isEmpty
            ? trimmed(shortened(stem, to: room)) : shortened(stem, to: room) + mark + ending
    }

    private static func plain(_ name: String) -> String {
        var text = trimmed(
            String(String.UnicodeScalarView(name.unicodeScalars.map { isPlain($0) ? $0 : "_" }))
        )
        if text.isEmpty { text = "unnamed" }
        // By scalars: a mark on top of the first sign does not make it another byte.
        if let first = text.unicodeScalars.first, "-.~ ".unicodeScalars.contains(first) {
            text = "_" + String(text.unicodeScalars.dropFirst())
        }
        return isReserved(text) ? "_" + text : text
    }

    /// Without dots and blanks at the end: systems drop some, and programs that read lists others,
    /// also those of Chinese text and of Office.
    private static func trimmed(_ text: String) -> String {
        var scalars = text.unicodeScalars
        while let last = scalars.last, last == "." || last.properties.isWhitespace {
            scalars.removeLast()
        }
        return String(scalars)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: false
        // Directions, joiners, fillers and marks that make a name look like another.
        case 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F,
            0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x2800, 0x3164, 0xFEFF, 0xFFA0,
            0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            false
        case let value where value & 0xFFFE == 0xFFFE: false
        default: !"/\\:*?\"<>|".unicodeScalars.contains(scalar)
        }
    }

    private static func isReserved(_ text: String) -> Bool {
        let stem = trimmed(String(text.split(separator: ".").first ?? "")).uppercased()
        if reserved.contains(stem) { return true }
        // Superscript digits count as digits there.
        return stem.count == 4 && (stem.hasPrefix("COM") || stem.hasPrefix("LPT"))
            && stem.last.map(\.isNumber) == true
    }

    /// The last extension, when it is short enough to be one.
    private static func split(_ text: String) -> (stem: String, ending: String) {
        guard let dot = text.lastIndex(of: "."), dot != text.startIndex,
            text[dot...].utf8.count <= 16
        else { return (text, "") }
        return (String(text[..<dot]), String(text[dot...]))
    }

    /// By scalars: a base may carry more marks than there is room for.
    private static func shortened(_ text: String, to bytes: Int) -> String {
        var (scalars, size) = (text.unicodeScalars, text.utf8.count)
        while size > bytes, let last = scalars.popLast() { size -= UTF8.width(last) }
        return String(scalars)
    }
}
