/// A field of an attachment in which words are looked for; its letter begins each of its tokens.
enum SearchField: UInt8, CaseIterable, Sendable {
    case name = 0x6E
    case subject = 0x6A
    case sender = 0x61
    case task = 0x74
}

/// Texts as overlapping pieces of two or three scalars, written in ASCII.
///
/// A token is the field's letter and four digits of base 36 for each scalar, so that a tokenizer of
/// SQLite's own neither splits nor changes it, and no text of anybody can be syntax. Letters of
/// alphabets come in threes, since pairs of them are in every text; characters of Chinese, Japanese
/// and Korean in pairs, since words have two of them. Before a text stands the scalar 1, behind it 0.
struct Grams {
    private static let start: UInt32 = 1
    private static let end: UInt32 = 0
    private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)

    private let field: SearchField
    private let scalars: [UInt32]
    private(set) var text: [UInt8] = []

    private init(_ field: SearchField, _ scalars: [UInt32]) {
        self.field = field
        self.scalars = scalars
    }

    /// The tokens of a text in a document, each with a space before it.
    static func tokens(of text: Folded, in field: SearchField) -> [UInt8] {
        guard !text.isEmpty else { return [] }
        let inner = text.text.unicodeScalars.map(\.value)
        var grams = Grams(field, [start] + inner + (text.isCut ? [] : [end]))
        for place in 0..<grams.scalars.count - 1 { grams.append(place) }
        return grams.text
    }

    /// The phrase by which a text that begins and ends like this is found.
    static func phrase(
        _ text: Folded,
        in field: SearchField,
        atStart: Bool = false,
        atEnd: Bool = false
    ) -> String {
        let inner = text.text.unicodeScalars.map(\.value)
        var grams = Grams(field, (atStart ? [start] : []) + inner + (atEnd ? [end] : []))
        let isPrefix = grams.appendKnown()
        return
            "\"\(String(decoding: grams.text.dropFirst(), as: UTF8.self))\"\(isPrefix ? "*" : "")"
    }

    private static func isNarrow(_ scalar: UInt32) -> Bool { (2..<0x2E80).contains(scalar) }

    private func isTriple(_ place: Int) -> Bool {
        Self.isNarrow(scalars[place]) && Self.isNarrow(scalars[place + 1])
    }

    private mutating func append(_ place: Int) {
        let count = isTriple(place) ? 3 : 2
        append(scalars[place..<min(place + count, scalars.count)])
    }

    /// Writes the tokens that do not depend on what follows; true when the last is a beginning only.
    private mutating func appendKnown() -> Bool {
        guard scalars.count > 1 else {
            append(scalars[...])
            return true
        }
        let last = scalars.count - 2
        for place in 0..<last { append(place) }
        guard isTriple(last) else {
            append(last)
            return false
        }
        // The triple before it has both of its scalars.
        if last > 0, isTriple(last - 1) { return false }
        append(last)
        return true
    }

    private mutating func append(_ token: ArraySlice<UInt32>) {
        text.append(0x20)
        text.append(field.rawValue)
        for scalar in token {
            var (rest, place) = (Int(scalar), 46_656)
            while place > 0 {
                text.append(Self.digits[rest / place])
                (rest, place) = (rest % place, place / 36)
            }
        }
    }
}
