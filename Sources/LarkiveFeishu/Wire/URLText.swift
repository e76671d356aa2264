/// Percent-encoding for what goes into a URL.
///
/// Message ids are base64 text: raw, their `/` would end a path segment and their `+` would turn
/// into a space. Everything but letters, digits and `-._~` is escaped.
enum URLText {
    /// An id as one path segment.
    static func segment(_ text: String) -> String {
        let isOnlyDots = text.utf8.allSatisfy { $0 == UInt8(ascii: ".") }
        return isOnlyDots ? String(repeating: "%2E", count: text.utf8.count) : encode(text)
    }

    /// `a=1&b=2`, keys repeated as they stand; empty for no items.
    static func query(_ items: [QueryItem]) -> String {
        items.map { encode($0.name) + "=" + encode($0.value) }.joined(separator: "&")
    }

    private static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) { bytes.append(byte) } else { bytes += escape(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}

/// One parameter of a query; an array is the same name several times.
struct QueryItem: Hashable, Sendable {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
