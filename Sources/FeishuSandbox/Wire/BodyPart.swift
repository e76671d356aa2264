/// A stretch of an answer's body: at hand, or made while it is sent.
enum BodyPart: Equatable, Sendable {
    case bytes([UInt8])
    case inline(InlineBody)

    var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .inline(let body): body.count
        }
    }

    /// What it consists of, a little at a time.
    var pieces: AnySequence<[UInt8]> {
        switch self {
        case .bytes(let bytes): AnySequence([bytes])
        case .inline(let body): AnySequence(EncodedStream(body))
        }
    }
}

extension [BodyPart] {
    /// The first so many bytes of them all; spaces follow when they are fewer.
    func pieces(count: Int) -> AnySequence<[UInt8]> {
        let parts = self
        return AnySequence { () -> AnyIterator<[UInt8]> in
            var source = parts.lazy.flatMap(\.pieces).makeIterator()
            var remaining = count
            return AnyIterator {
                guard remaining > 0 else { return nil }
                let next = source.next() ?? [UInt8](repeating: 0x20, count: remaining)
                let piece = next.count > remaining ? [UInt8](next.prefix(remaining)) : next
                remaining -= piece.count
                return piece
            }
        }
    }
}
