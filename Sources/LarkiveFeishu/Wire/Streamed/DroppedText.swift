import LarkiveCore

/// Checks a text that nobody keeps: as strict as for others, in constant memory.
struct DroppedText {
    /// A run of bytes that are not ASCII, or an escape, as far as it came.
    private var odd: [UInt8] = []
    private var isEscape = false

    /// Takes bytes up to the closing quote, and it; returns how many it took and whether it met it.
    mutating func take(
        _ bytes: UnsafePointer<UInt8>,
        _ count: Int
    ) throws(AnswerFault) -> (taken: Int, isOver: Bool) {
        var place = 0
        while place < count {
            let byte = bytes[place]
            place += 1
            if isEscape {
                try continueEscape(byte)
            } else if byte >= 0x80 {
                odd.append(byte)
                guard odd.count <= 1 << 20 else { throw .tooLarge }
            } else {
                if !odd.isEmpty { try check(odd) }
                switch byte {
                case UInt8(ascii: "\""): return (place, true)
                case UInt8(ascii: "\\"): (isEscape, odd) = (true, [byte])
                case 0..<0x20: throw .notJSON(.unexpectedByte)
                default: while place < count, Self.isPlain(bytes[place]) { place += 1 }
                }
            }
        }
        return (place, false)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func continueEscape(_ byte: UInt8) throws(AnswerFault) {
        odd.append(byte)
        let isUnicode = odd[1] == UInt8(ascii: "u")
        guard odd.count == (isUnicode ? 6 : 2) else { return }
        isEscape = false
        try check(odd)
    }

    /// The odd bytes make a text of their own: what stands around them is ASCII.
    private mutating func check(_ bytes: [UInt8]) throws(AnswerFault) {
        odd = []
        _ = try AnswerFault.read([UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")])
    }
}
