/// Why some bytes are not the JSON that was asked for.
package struct JSONError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case unexpectedEnd, unexpectedByte, badEscape, badUTF8, badNumber, tooDeep, tooLarge
        case duplicateName(String)
        case trailingBytes
    }

    package let kind: Kind
    /// In bytes from the start.
    package let offset: Int
}

/// Reads JSON strictly: UTF-8 only, bounded in depth, nothing after the value.
///
/// Lone surrogates become U+FFFD. A name that stands twice in an object is refused where asked,
/// else the first one counts. One reader serves the platform's answers and our own lines, so that
/// two readers can never disagree about one text.
package struct JSONReader {
    package enum Duplicates: Sendable { case refused, firstCounts }

    private let bytes: [UInt8]
    private let duplicates: Duplicates
    private let deepest: Int
    private var place = 0

    private init(_ bytes: [UInt8], duplicates: Duplicates, deepest: Int) {
        self.bytes = bytes
        self.duplicates = duplicates
        self.deepest = deepest
    }

    package static func read(
        _ bytes: [UInt8],
        duplicates: Duplicates = .firstCounts,
        deepest: Int = 64
    ) throws(JSONError) -> JSON {
        var reader = JSONReader(bytes, duplicates: duplicates, deepest: deepest)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.place == bytes.count else { throw reader.error(.trailingBytes) }
        return value
    }

    private func error(_ kind: JSONError.Kind) -> JSONError {
        JSONError(kind: kind, offset: place)
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D {
            place += 1
        }
    }

    private mutating func take() throws(JSONError) -> UInt8 {
        guard let byte = next else { throw error(.unexpectedEnd) }
        place += 1
        return byte
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard let found = next else { throw error(.unexpectedEnd) }
        guard found == byte else { throw error(.unexpectedByte) }
        place += 1
    }

    private mutating func expect(_ word: StaticString, gives value: JSON) throws(JSONError) -> JSON
    {
        for offset in 0..<word.utf8CodeUnitCount { try expect(word.utf8Start[offset]) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth <= deepest else { throw error(.tooDeep) }
        skipSpace()
        guard let byte = next else { throw error(.unexpectedEnd) }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try expect("true", gives: .bool(true))
        case UInt8(ascii: "f"): return try expect("false", gives: .bool(false))
        case UInt8(ascii: "n"): return try expect("null", gives: .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        place += 1
        var object = JSONObject()
        var names: Set<String> = []
        skipSpace()
        if next == UInt8(ascii: "}") {
            place += 1
            return object
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else {
                throw error(next == nil ? .unexpectedEnd : .unexpectedByte)
            }
            let name = try string()
            let isNew = names.insert(name).inserted
            guard isNew || duplicates == .firstCounts else { throw error(.duplicateName(name)) }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            let value = try value(depth: depth + 1)
            if isNew { object.append(name, value) }
            guard try goesOn(until: UInt8(ascii: "}")) else { return object }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        place += 1
        skipSpace()
        if next == UInt8(ascii: "]") {
            place += 1
            return []
        }
        var items: [JSON] = []
        while true {
            items.append(try value(depth: depth + 1))
            guard try goesOn(until: UInt8(ascii: "]")) else { return items }
        }
    }

    private mutating func goesOn(until end: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        if next == end {
            place += 1
            return false
        }
        try expect(UInt8(ascii: ","))
        return true
    }

    private mutating func string() throws(JSONError) -> String {
        place += 1
        let start = place
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            guard byte >= 0x20 else { throw error(.unexpectedByte) }
            place += 1
        }
        guard next == UInt8(ascii: "\"") else { return try escapedString(from: start) }
        let text = try text(bytes[start..<place])
        place += 1
        return text
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[start..<place])
        while true {
            switch try take() {
            case UInt8(ascii: "\""): return try text(unescaped[...])
            case UInt8(ascii: "\\"): unescaped += try escape()
            case let byte where byte >= 0x20: unescaped.append(byte)
            default:
                place -= 1
                throw error(.unexpectedByte)
            }
        }
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw error(.badUTF8) }
        return text
    }

    private mutating func escape() throws(JSONError) -> [UInt8] {
        switch try take() {
        case UInt8(ascii: "\""): [0x22]
        case UInt8(ascii: "\\"): [0x5C]
        case UInt8(ascii: "/"): [0x2F]
        case UInt8(ascii: "b"): [0x08]
        case UInt8(ascii: "f"): [0x0C]
        case UInt8(ascii: "n"): [0x0A]
        case UInt8(ascii: "r"): [0x0D]
        case UInt8(ascii: "t"): [0x09]
        case UInt8(ascii: "u"): try unicodeEscape()
        default: throw error(.badEscape)
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> [UInt8] {
        var unit = UInt32(try fourDigits())
        if (0xD800..<0xDC00).contains(unit), let low = try lowSurrogate() {
            unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        }
        let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
        return Array(String(Character(scalar)).utf8)
    }

    /// Takes a low surrogate if one follows; otherwise nothing is taken.
    private mutating func lowSurrogate() throws(JSONError) -> UInt32? {
        let start = place
        guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
            bytes[place + 1] == UInt8(ascii: "u")
        else { return nil }
        place += 2
        let low = UInt32(try fourDigits())
        guard (0xDC00..<0xE000).contains(low) else {
            place = start
            return nil
        }
        return low
    }

    private mutating func fourDigits() throws(JSONError) -> UInt16 {
        let (a, b, c, d) = (try take(), try take(), try take(), try take())
        guard let high = Hex.value(a, b), let low = Hex.value(c, d) else {
            throw error(.badEscape)
        }
        return UInt16(high) << 8 | UInt16(low)
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = place
        if next == UInt8(ascii: "-") { place += 1 }
        let whole = takeDigits()
        guard whole > 0 else { throw error(next == nil ? .unexpectedEnd : .unexpectedByte) }
        let firstDigit = bytes[place - whole]
        guard whole == 1 || firstDigit != UInt8(ascii: "0") else { throw error(.badNumber) }
        var isInteger = true
        if next == UInt8(ascii: ".") {
            place += 1
            isInteger = false
            guard takeDigits() > 0 else { throw error(.badNumber) }
        }
        if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
            place += 1
            isInteger = false
            if let sign = next, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                place += 1
            }
            guard takeDigits() > 0 else { throw error(.badNumber) }
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        guard isInteger, text != "-0", let value = Int64(text) else { return .number(text) }
        return .integer(value)
    }

    private mutating func takeDigits() -> Int {
        let start = place
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        return place - start
    }
}
