/// One answer, as a value: what is said, and how it is delivered.
package struct Answer: Equatable, Sendable {
    package enum Body: Equatable, Sendable {
        case bytes([UInt8])
        case content(World.Content, count: Int)
    }

    package var status: Int
    package var headers: [Header]
    package var body: Body
    package var delivery = Delivery()

    /// The length of the body, which is also what `Content-Length` says.
    package var count: Int {
        switch body {
        case .bytes(let bytes): bytes.count
        case .content(_, let count): count
        }
    }

    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// One header line; the name is sent as it is spelt here.
package struct Header: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// How an answer goes down the wire; by default, whole and at once.
package struct Delivery: Equatable, Sendable {
    /// The connection is closed without a word.
    package var isDropped = false
    /// The connection is closed after so many bytes of the body.
    package var cutAfter: Int?
    /// The body pauses.
    package var stall: Stall?
    /// The body is sent in chunks, without `Content-Length`.
    package var isChunked = false
    /// The body ends when the connection does, and nothing else says so.
    package var isUnframed = false

    package var isPlain: Bool { self == Delivery() }

    package struct Stall: Equatable, Sendable {
        package var after: Int
        package var lasts: Duration

        package init(after: Int, lasts: Duration) {
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

    static func json(_ status: Int, _ value: JSON, logID: String) -> Answer {
        Answer(
            status: status,
            headers: [
                Header("Content-Type", "application/json; charset=utf-8"),
                Header("X-Tt-Logid", logID),
            ],
            body: .bytes(value.utf8)
        )
    }
}
