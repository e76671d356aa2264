import FoundationEssentials

/// The two spellings of base64 that Feishu uses.
enum Base64 {
    /// The ordinary alphabet, with padding: message ids, link codes.
    static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// The URL-safe alphabet, with padding: message bodies, inline attachment bodies.
    static func urlSafe(_ bytes: [UInt8]) -> String {
        let plain = Data(bytes).base64EncodedString()
        guard plain.utf8.contains(where: { $0 == 0x2B || $0 == 0x2F }) else { return plain }
        let safe = plain.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        return String(decoding: safe, as: UTF8.self)
    }

    static func bytes(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { [UInt8]($0) } }
}
