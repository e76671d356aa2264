/// One answer, as a value: what is said, and how it is delivered.
struct Answer: Equatable, Sendable {
    enum Body: Equatable, Sendable {
        case bytes([UInt8])
        case content(World.Content, count: Int)
        case parts([BodyPart], count: Int)
    }

    var status: Int
    var headers: [Header]
    var body: Body
    var delivery = Delivery()

    /// The length of the body, which is also what `Content-Length` says.
    var count: Int {
        switch body {
        case .bytes(let bytes): bytes.count
        case .content(_, let count), .parts(_, let count): count
        }
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// How an answer goes down the wire; by default, whole and at once.
struct Delivery: Equatable, Sendable {
    /// The connection is closed without a word.
    var isDropped = false
    /// It is closed so that the other side sees a reset.
    var isReset = false
    /// The connection is closed after so many bytes of the body.
    var cutAfter: Int?
    /// The body pauses.
    var stall: Stall?
    /// The body is sent no faster than this.
    var bytesPerSecond: Int?
    /// The body is sent in chunks, without `Content-Length`.
    var isChunked = false
    /// The body ends when the connection does, and nothing else says so.
    var isUnframed = false

    var isPlain: Bool { self == Delivery() }

    struct Stall: Equatable, Sendable {
        var after: Int
        var lasts: Duration

        init(after: Int, lasts: Duration) {
            self.after = after
            self.lasts = lasts
        }
    }
}

extension Answer {
    static func text(_ status: Int, _ text: String) -> Answer {
        Answer(
            status: status,
            headers: [Header("Content-Type", "text/plain")],
            body: .bytes(Array(text.utf8))
        )
    }

    static func json(_ status: Int, _ value: WireJSON, logID: String) -> Answer {
        Answer(
            status: status,
            headers: [
                Header("Content-Type", "application/json; charset=utf-8"),
                Header("X-Tt-Logid", logID),
            ],
            body: body(value.parts)
        )
    }

    /// At hand as a whole, unless something has to be made while it is sent.
    private static func body(_ parts: [BodyPart]) -> Body {
        guard parts.count > 1 else {
            return .bytes(parts.first.map { Array($0.pieces.joined()) } ?? [])
        }
        return .parts(parts, count: parts.reduce(0) { $0 + $1.count })
    }
}
