/// Writes JSON as UTF-8, compact, in member order.
struct JSONText {
    /// What is finished; a body inside the text is a part of its own.
    private var done: [BodyPart] = []
    private var bytes: [UInt8] = []

    var parts: [BodyPart] { bytes.isEmpty ? done : done + [.bytes(bytes)] }

    mutating func write(_ value: WireJSON) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .int(let number): bytes += String(number).utf8
        case .string(let text): write(text)
        case .inline(let body): write(body)
        case .array(let items): write(items)
        case .object(let members): write(members)
        }
    }

    private mutating func write(_ items: [WireJSON]) {
        bytes.append(UInt8(ascii: "["))
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(item)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ members: [WireJSON.Member]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(member.name)
            bytes.append(UInt8(ascii: ":"))
            write(member.value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ body: InlineBody) {
        bytes.append(UInt8(ascii: "\""))
        done += [.bytes(bytes), .inline(body)]
        bytes = [UInt8(ascii: "\"")]
    }

    private mutating func write(_ text: String) {
        let quote = UInt8(ascii: "\"")
        bytes.append(quote)
        if text.utf8.contains(where: Self.needsEscape) {
            for byte in text.utf8 { write(escaped: byte) }
        } else {
            bytes += text.utf8
        }
        bytes.append(quote)
    }

    private mutating func write(escaped byte: UInt8) {
        guard Self.needsEscape(byte) else { return bytes.append(byte) }
        switch byte {
        case UInt8(ascii: "\""): bytes += #"\""#.utf8
        case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
        case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
        default: bytes += ((byte < 16 ? "\\u000" : "\\u00") + String(byte, radix: 16)).utf8
        }
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}

extension WireJSON {
    /// The value as compact UTF-8 text.
    package var utf8: [UInt8] { parts.flatMap { $0.pieces.flatMap { $0 } } }

    /// The same, with bodies that are not made yet.
    var parts: [BodyPart] {
        var text = JSONText()
        text.write(self)
        return text.parts
    }
}
