/// A name from the platform made fit to be a file's name; the same name always gives the same.
///
/// Names are data: they may hold paths, control and direction characters, or names that some
/// systems reserve.
package enum SafeName {
    private static let longest = 255
    private static let reserved: Set = ["CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"]

    /// `distinguishing` is put before the extension where several files of one name are written.
    package static func make(_ name: String, distinguishing: ContentDigest? = nil) -> String {
        var text = String(
            String.UnicodeScalarView(name.unicodeScalars.map { isPlain($0) ? $0 : "_" })
        )
        while text.hasSuffix(".") || text.hasSuffix(" ") { text.removeLast() }
        if text.isEmpty || text == "names.tsv" { text = text.isEmpty ? "unnamed" : "names_.tsv" }
        if let first = text.first, "-.~ ".contains(first) { text = "_" + text.dropFirst() }
        if isReserved(text) { text = "_" + text }
        let (stem, ending) = split(text)
        let mark = distinguishing.map { " [\($0.hex.prefix(8))]" } ?? ""
        return shortened(stem, to: longest - ending.utf8.count - mark.utf8.count) + mark + ending
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: false
        // Directions, joiners and marks that make a name look like another.
        case 0x061C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: false
        default: !"/\\:*?\"<>|".unicodeScalars.contains(scalar)
        }
    }

    private static func isReserved(_ text: String) -> Bool {
        let stem = String(text.split(separator: ".").first ?? "").uppercased()
        if reserved.contains(stem) { return true }
        return stem.utf8.count == 4 && (stem.hasPrefix("COM") || stem.hasPrefix("LPT"))
            && stem.last.map(\.isNumber) == true
    }

    /// The last extension, when it is short enough to be one.
    private static func split(_ text: String) -> (stem: String, ending: String) {
        guard let dot = text.lastIndex(of: "."), dot != text.startIndex,
            text[dot...].utf8.count <= 16
        else { return (text, "") }
        return (String(text[..<dot]), String(text[dot...]))
    }

    private static func shortened(_ text: String, to bytes: Int) -> String {
        var text = text
        while text.utf8.count > bytes { text.removeLast() }
        return text
    }
}
