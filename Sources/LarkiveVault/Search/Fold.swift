internal import Foundation

/// Makes texts that people take for the same equal: what is indexed, and what is looked for.
///
/// NFKC and lower case; punctuation of Chinese and of typography becomes that of ASCII, white space
/// one space, none at the ends; what cannot be seen is dropped. The only file of the vault that
/// needs all of Foundation.
enum Fold {
    /// Goes up with every change of what folds to what; the index is made again then.
    ///
    /// A new version of Unicode in the toolchain is such a change: a test tells.
    static let version = 1
    /// How many scalars of a text are looked at; what stands behind is not found.
    static let longest = 4_096

    static func fold(_ text: String) -> Folded {
        var quick = FoldedScalars()
        for scalar in text.unicodeScalars {
            guard let plain = plain(scalar) else { return slow(text) }
            quick.append(plain)
            if quick.isFull { break }
        }
        return quick.folded
    }

    /// For texts with scalars that depend on their neighbours, or that Unicode has to be asked for.
    static func slow(_ text: String) -> Folded {
        let head = text.unicodeScalars.prefix(longest * 4).filter { isSpace($0) || !isHidden($0) }
        var (former, folded) = ("", String(String.UnicodeScalarView(head)))
        var rounds = 0
        // Each step may make work for another; what people write is settled after the first round.
        while !folded.utf8.elementsEqual(former.utf8), rounds < 4 {
            (former, rounds) = (folded, rounds + 1)
            folded = mapped(normal(normal(folded).lowercased()))
        }
        var scalars = FoldedScalars()
        for scalar in folded.unicodeScalars { scalars.append(isSpace(scalar) ? " " : scalar) }
        return scalars.folded
    }

    private static func normal(_ text: String) -> String {
        text.precomposedStringWithCompatibilityMapping
    }

    private static func mapped(_ text: String) -> String {
        var (result, last) = (String.UnicodeScalarView(), Unicode.Scalar("\u{0}"))
        for scalar in text.unicodeScalars {
            // The dot that a capital İ leaves above its small letter.
            let isSpare = scalar == "\u{307}" && last == "i"
            if !isSpare, isSpace(scalar) || !isHidden(scalar) {
                switch scalar {
                case "ß": result.append(contentsOf: "ss".unicodeScalars)
                case "ς": result.append("σ")
                default: result.append(punctuation(scalar) ?? scalar)
                }
                last = scalar
            }
        }
        return String(result)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}

// MARK: what needs no asking

extension Fold {
    /// What a scalar folds to whatever its neighbours; nil where that is not so.
    static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x41...0x5A: Unicode.Scalar(scalar.value + 0x20)
        case 0x09...0x0D, 0x20, 0x3000: " "
        case 0x21...0x7E: scalar
        case 0x3400...0x4DBF, 0x4E00...0x9FFF: scalar
        case 0x3041...0x3096, 0x30A1...0x30FA, 0xAC00...0xD7A3: scalar
        case 0xFF21...0xFF3A: Unicode.Scalar(scalar.value - 0xFEE0 + 0x20)
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0)
        default: punctuation(scalar)
        }
    }

    private static func punctuation(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x3002, 0xB7, 0x2022, 0x2027, 0x30FB: "."
        case 0x3001: ","
        case 0xAB, 0xBB, 0x201C...0x201F, 0x300C...0x300F, 0x301D...0x301F: "\""
        case 0x2018...0x201B, 0x2032: "'"
        case 0x2010...0x2015, 0x2212: "-"
        case 0x3010, 0x3014, 0x3016: "["
        case 0x3011, 0x3015, 0x3017: "]"
        case 0x3008, 0x300A, 0x2039: "<"
        case 0x3009, 0x300B, 0x203A: ">"
        case 0x301C: "~"
        default: nil
        }
    }
}

/// A folded text.
struct Folded: Equatable, Sendable {
    let text: String
    /// Whether the text went on.
    let isCut: Bool

    var isEmpty: Bool { text.isEmpty }

    func contains(_ other: Folded) -> Bool {
        other.isEmpty || text.utf8.contains(other.text.utf8)
    }

    func begins(with other: Folded) -> Bool { text.utf8.starts(with: other.text.utf8) }
}

/// Gathers scalars, with one space for many.
private struct FoldedScalars {
    private var scalars = String.UnicodeScalarView()
    private var count = 0
    private var hasSpace = false
    private var isCut = false

    var isFull: Bool { isCut }
    var folded: Folded { Folded(text: String(scalars), isCut: isCut) }

    mutating func append(_ scalar: Unicode.Scalar) {
        guard scalar != " " else { return hasSpace = count > 0 }
        if hasSpace { put(" ") }
        hasSpace = false
        put(scalar)
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        guard count < Fold.longest else { return isCut = true }
        scalars.append(scalar)
        count += 1
    }
}
