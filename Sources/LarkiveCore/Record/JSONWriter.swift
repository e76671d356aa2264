/// Writes JSON compactly, with the shortest escapes and lower-case hex.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// The value as bytes, members in the order in which they stand.
    package static func bytes(of value: JSON) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(value)
        return writer.bytes
    }

    package static func text(of value: JSON) -> String {
        String(decoding: bytes(of: value), as: UTF8.self)
    }

    package mutating func write(_ value: JSON) {
        switch value {
        case .null: raw("null")
        case .bool(let value): raw(value ? "true" : "false")
        case .integer(let value): raw(String(value))
        case .number(let text): raw(text)
        case .string(let text): write(text)
        case .array(let items):
            raw("[")
            separated(items) { writer, item in writer.write(item) }
            raw("]")
        case .object(let object): write(object)
        }
    }

    package mutating func write(_ object: JSONObject) {
        raw("{")
        separated(object.members) { writer, member in
            writer.write(member.name)
            writer.raw(":")
            writer.write(member.value)
        }
        raw("}")
    }

    package mutating func raw(_ text: String) { bytes += text.utf8 }
    package mutating func raw(_ more: some Sequence<UInt8>) { bytes += more }

    private mutating func separated<Item>(
        _ items: [Item],
        _ body: (inout JSONWriter, Item) -> Void
    ) {
        for (place, item) in items.enumerated() {
            if place > 0 { raw(",") }
            body(&self, item)
        }
    }

    private mutating func write(_ text: String) {
        raw("\"")
        for byte in text.utf8 { writeEscaped(byte) }
        raw("\"")
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x08: raw("\\b")
        case 0x09: raw("\\t")
        case 0x0A: raw("\\n")
        case 0x0C: raw("\\f")
        case 0x0D: raw("\\r")
        case 0x00..<0x20: raw("\\u00" + Hex.text([byte]))
        default: bytes.append(byte)
        }
    }
}
