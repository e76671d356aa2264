/// The name of one execution of a command that writes: its start and some random digits.
package struct RunID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// Reads a name: letters, digits and dashes, at most 64.
    package init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || Character(Unicode.Scalar(byte)).isLetter
                || Character(Unicode.Scalar(byte)).isNumber
        }
        guard !text.isEmpty, text.utf8.count <= 64, isPlain else { return nil }
        rawValue = text
    }

    /// Stands in records that are folded on trial and never written.
    package static let rehearsal = RunID(second: "19700101T000000", digits: "rehearsal")

    private init(second: String, digits: String) { rawValue = "\(second)Z-\(digits)" }

    /// As in `20261121T040506Z-1a2b3c4d`.
    package static func made(
        at time: Timestamp,
        using random: inout some RandomNumberGenerator
    ) -> RunID {
        let second = String(time.description.prefix(19)).filter { $0 != "-" && $0 != ":" }
        let digits = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
        return RunID(second: second, digits: Hex.text(digits))
    }

    package var description: String { rawValue }
}
