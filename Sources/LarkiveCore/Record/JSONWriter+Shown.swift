extension JSONWriter {
    /// As ``text(of:)``, for printing: what would be obeyed stands as `\uXXXX`, which is the same
    /// value.
    package static func shownText(of value: JSON) -> String {
        let plain = text(of: value)
        guard plain.unicodeScalars.contains(where: \.isObeyed) else { return plain }
        var text = String.UnicodeScalarView()
        for scalar in plain.unicodeScalars {
            guard scalar.isObeyed else {
                text.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16)
            text += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars
        }
        return String(text)
    }
}
