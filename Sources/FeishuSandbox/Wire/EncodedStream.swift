import FoundationEssentials
import Glibc

/// Makes the text of an ``InlineBody`` piece by piece.
struct EncodedStream: Sequence, IteratorProtocol {
    private var content: ContentStream
    private let flaw: InlineFlaw?
    private var remaining: Int
    /// Bytes that were left over because three of them make four characters.
    private var rest = Data()
    private var isFirst = true
    private var isEnded = false

    init(_ body: InlineBody) {
        content = ContentStream(body.content)
        flaw = body.flaw
        remaining = body.count
    }

    mutating func next() -> [UInt8]? {
        guard remaining > 0, var text = encoded() else { return nil }
        defer { isFirst = false }
        if isFirst, flaw == .invalid { text.insert(UInt8(ascii: "!"), at: text.count / 2) }
        if isFirst, flaw == .whitespace { text.insert(UInt8(ascii: " "), at: text.count / 2) }
        if text.count > remaining { text.removeLast(text.count - remaining) }
        remaining -= text.count
        return text
    }

    /// The next piece of faultless text; after the last, the padding that is too much.
    private mutating func encoded() -> [UInt8]? {
        guard !isEnded else { return nil }
        while let piece = content.next() {
            rest += piece
            guard rest.count >= 3 else { continue }
            let whole = rest.prefix(rest.count / 3 * 3)
            let text = text(of: whole)
            rest = Data(rest.dropFirst(whole.count))
            return text
        }
        isEnded = true
        let last = text(of: rest) + (flaw == .padding ? [UInt8(ascii: "=")] : [])
        return last.isEmpty ? nil : last
    }

    private func text(of bytes: Data) -> [UInt8] {
        var text = [UInt8](bytes.base64EncodedData())
        guard flaw != .plainAlphabet else { return text }
        text.replaceAll(UInt8(ascii: "+"), with: UInt8(ascii: "-"))
        text.replaceAll(UInt8(ascii: "/"), with: UInt8(ascii: "_"))
        return text
    }
}

extension [UInt8] {
    /// By `memchr`, since a loop over every byte is slow in a debug build.
    fileprivate mutating func replaceAll(_ old: UInt8, with new: UInt8) {
        withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            var at = 0
            while at < bytes.count, let hit = memchr(start + at, Int32(old), bytes.count - at) {
                at = hit - start
                bytes[at] = new
                at += 1
            }
        }
    }
}
