extension Unicode.Scalar {
    /// Whether a terminal or an editor may obey it instead of showing it: controls, line
    /// separators, direction marks and what has no width.
    var isObeyed: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F,
            0xFEFF:
            true
        default: false
        }
    }
}

extension String {
    /// Text from the platform for people to read: what would be obeyed stands as `\u{hex}`.
    package var shown: String { written { $0.isObeyed } }

    /// The same with backslashes written so as well, so that the original can be made again.
    package var shownReversibly: String { written { $0.isObeyed || $0 == "\\" } }

    private func written(_ isHidden: (Unicode.Scalar) -> Bool) -> String {
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if isHidden(scalar) {
                text += "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }
}
