import LarkiveCore

/// Something that happened to the file in an attachment; begun ones end or turn out doubtful.
enum BodyEvent: Equatable, Sendable {
    case begin(BodyPlace)
    case bytes([UInt8])
    case end
    /// Not what was promised: whatever came of it is worthless.
    case doubt(BodyPlace)
}

/// Reads an answer in JSON that arrives in pieces, as strictly as ``JSONReader``.
///
/// Pure: pieces in, events out, at the end a tree. The files inside of attachments are decoded
/// into events and are empty in the tree; so are the texts of messages, which nobody keeps. Of a
/// file nothing is believed on any doubt: an escape, a byte that is no base64url, too large, twice.
struct AnswerParser {
    private enum Need { case value, valueOrEnd, name, nameOrEnd, colon, commaOrEnd, nothing }
    private enum Token { case none, scalar, text(TextUse) }
    /// Decoded bytes are handed on in pieces of about this size.
    static let portion = 64 << 10

    private let limits: AnswerLimits
    private let takesBodies: Bool
    private var tree = AnswerTree()
    private var need = Need.value
    private var token = Token.none
    /// The bytes of a kept token, raw.
    private var raw: [UInt8] = []
    private var isEscaped = false
    private var hasEscapes = false
    private var dropped = DroppedText()
    private var decoder = Base64URLStream()
    private var bodies = 0
    private var received = 0
    private var streamed = 0
    private var events: [BodyEvent] = []

    init(_ limits: AnswerLimits, takesBodies: Bool) {
        self.limits = limits
        self.takesBodies = takesBodies
    }

    /// Takes the next piece and tells what happened in it.
    ///
    /// After an error nothing more may come.
    mutating func take(_ piece: [UInt8]) throws(AnswerFault) -> [BodyEvent] {
        events = []
        try piece.withUnsafeBufferPointer { buffer throws(AnswerFault) in
            guard let bytes = buffer.baseAddress else { return }
            var place = 0
            while place < buffer.count { place += try step(bytes + place, buffer.count - place) }
        }
        received += piece.count
        guard received - streamed <= limits.kept, tree.count <= limits.values,
            streamed <= limits.streamed
        else { throw .tooLarge }
        return events
    }

    /// The whole value, when it is one.
    mutating func end() throws(AnswerFault) -> JSON {
        if case .scalar = token { try endScalar() }
        guard case .none = token, let root = tree.root else { throw .notJSON(.unexpectedEnd) }
        return root
    }

    /// Goes on with the token under way; returns how many bytes it took, which may be none when
    /// the token has become another.
    private mutating func step(
        _ bytes: UnsafePointer<UInt8>,
        _ count: Int
    ) throws(AnswerFault) -> Int {
        switch token {
        case .none: return try begin(bytes[0])
        case .scalar: return try scalar(bytes, count)
        case .text(.name), .text(.kept): return try keep(bytes, count)
        case .text(.dropped):
            let (taken, isOver) = try dropped.take(bytes, count)
            streamed += taken
            if isOver { add("") }
            return taken
        case .text(.body(let place)): return try decode(bytes, count, place)
        }
    }

    // MARK: between tokens

    private mutating func begin(_ byte: UInt8) throws(AnswerFault) -> Int {
        switch (need, byte) {
        case (_, 0x20), (_, 0x09), (_, 0x0A), (_, 0x0D): break
        case (.valueOrEnd, UInt8(ascii: "]")), (.nameOrEnd, UInt8(ascii: "}")): close()
        case (.value, _), (.valueOrEnd, _): return try beginValue(byte)
        case (.name, UInt8(ascii: "\"")), (.nameOrEnd, UInt8(ascii: "\"")): beginText(.name)
        case (.colon, UInt8(ascii: ":")): need = .value
        case (.commaOrEnd, UInt8(ascii: ",")): need = tree.isInObject ? .name : .value
        case (.commaOrEnd, UInt8(ascii: "}")) where tree.isInObject: close()
        case (.commaOrEnd, UInt8(ascii: "]")) where !tree.isInObject: close()
        default: throw .notJSON(need == .nothing ? .trailingBytes : .unexpectedByte)
        }
        return 1
    }

    private mutating func beginValue(_ byte: UInt8) throws(AnswerFault) -> Int {
        guard tree.depth <= AnswerLimits.deepest else { throw .notJSON(.tooDeep) }
        switch byte {
        case UInt8(ascii: "{"):
            tree.open(isObject: true)
            need = .nameOrEnd
        case UInt8(ascii: "["):
            tree.open(isObject: false)
            need = .valueOrEnd
        case UInt8(ascii: "\""): beginText(tree.use)
        default:
            (token, raw) = (.scalar, [byte])
        }
        return 1
    }

    private mutating func close() {
        tree.close()
        need = tree.root == nil ? .commaOrEnd : .nothing
    }

    private mutating func add(_ value: JSON) {
        token = .none
        tree.add(value)
        need = tree.root == nil ? .commaOrEnd : .nothing
    }

    // MARK: tokens that are kept

    /// Numbers, `true`, `false`, `null`, and whatever else looks like one of them.
    private mutating func scalar(
        _ bytes: UnsafePointer<UInt8>,
        _ count: Int
    ) throws(AnswerFault) -> Int {
        var place = 0
        while place < count, Self.isOfScalar(bytes[place]) {
            raw.append(bytes[place])
            place += 1
        }
        if place < count { try endScalar() }
        return place
    }

    private static func isOfScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private mutating func endScalar() throws(AnswerFault) { add(try AnswerFault.read(raw)) }

    private mutating func beginText(_ use: TextUse) {
        (raw, isEscaped, hasEscapes) = ([], false, false)
        dropped = DroppedText()
        guard case .body(let place) = use else {
            token = .text(use)
            return
        }
        bodies += 1
        guard takesBodies, bodies <= AnswerLimits.mostBodies else {
            token = .text(.dropped)
            return
        }
        (token, decoder) = (.text(use), Base64URLStream())
        events.append(.begin(place))
    }

    private mutating func keep(
        _ bytes: UnsafePointer<UInt8>,
        _ count: Int
    ) throws(AnswerFault) -> Int {
        guard !isEscaped else {
            raw.append(bytes[0])
            isEscaped = false
            return 1
        }
        var place = 0
        while place < count, bytes[place] >= 0x20, bytes[place] != UInt8(ascii: "\""),
            bytes[place] != UInt8(ascii: "\\")
        { place += 1 }
        raw.append(contentsOf: UnsafeBufferPointer(start: bytes, count: place))
        guard place < count else { return place }
        switch bytes[place] {
        case UInt8(ascii: "\""): try endText()
        case UInt8(ascii: "\\"):
            raw.append(bytes[place])
            (isEscaped, hasEscapes) = (true, true)
        default: throw .notJSON(.unexpectedByte)
        }
        return place + 1
    }

    private mutating func endText() throws(AnswerFault) {
        let text = try text()
        guard case .text(.name) = token else { return add(.string(text)) }
        token = .none
        tree.name(text)
        if let place = tree.repeatedBody { events.append(.doubt(place)) }
        need = .colon
    }

    private func text() throws(AnswerFault) -> String {
        if hasEscapes {
            let quote = UInt8(ascii: "\"")
            return try AnswerFault.read([quote] + raw + [quote]).string ?? ""
        }
        guard let text = String(validating: raw, as: UTF8.self) else { throw .notJSON(.badUTF8) }
        return text
    }

    // MARK: files

    private mutating func decode(
        _ bytes: UnsafePointer<UInt8>,
        _ count: Int,
        _ place: BodyPlace
    ) throws(AnswerFault) -> Int {
        let taken = decoder.take(bytes, count)
        streamed += taken
        if decoder.waiting >= Self.portion { events.append(.bytes(decoder.drain())) }
        guard decoder.size <= AnswerLimits.largestBody else {
            doubt(place)
            return taken
        }
        guard taken < count else { return taken }
        guard bytes[taken] == UInt8(ascii: "\""), decoder.end(), decoder.size > 0 else {
            doubt(place)
            return taken
        }
        if decoder.waiting > 0 { events.append(.bytes(decoder.drain())) }
        events.append(.end)
        add("")
        return taken + 1
    }

    /// The rest of the text is read over.
    private mutating func doubt(_ place: BodyPlace) {
        events.append(.doubt(place))
        decoder = Base64URLStream()
        token = .text(.dropped)
    }
}
