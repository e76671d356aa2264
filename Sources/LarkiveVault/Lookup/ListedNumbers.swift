internal import LarkiveCore

/// The numbers that a listing gives to the attachments that it names.
struct ListedNumbers {
    private static let commitment = Array(#","commitment":""#.utf8)
    private static let first = Array(#"","first":"#.utf8)
    private static let hex = 64

    private let first: Int64
    private let count: Int64

    init?(_ event: AuditEvent) {
        guard let first = event.record["first"]?.integer,
            let count = event.record["attachments"]?.integer
        else { return nil }
        (self.first, self.count) = (first, count)
    }

    /// From what follows `"attachments":` at the beginning of a line; nil where that is no listing.
    ///
    /// Lines have one form (docs/format.md): fields are sorted, a listing has none between these.
    init?(_ line: ArraySlice<UInt8>) {
        var rest = line
        guard let count = Self.number(&rest), rest.starts(with: Self.commitment) else { return nil }
        rest = rest.dropFirst(Self.commitment.count + Self.hex)
        guard rest.starts(with: Self.first) else { return nil }
        rest = rest.dropFirst(Self.first.count)
        guard let first = Self.number(&rest) else { return nil }
        (self.first, self.count) = (first, count)
    }

    func contains(_ number: Int64) -> Bool { number >= first && number - first < count }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(digits.count)
        return Int64(String(decoding: digits, as: UTF8.self))
    }
}
