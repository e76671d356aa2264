import LarkiveCore

/// The port to HTTP: one request out, one answer in.
///
/// - Follows no redirect, keeps no cookie, undoes no encoding, retries nothing.
/// - The body is taken at the reader's pace; a body that is let go ends the transfer.
/// - May be called concurrently.
protocol Transport: Sendable {
    func open(_ request: HTTPRequest) async throws(TransportError) -> HTTPAnswer
}

/// A request; whatever could be a secret or a link is one.
struct HTTPRequest: Sendable {
    enum Verb: String, Sendable { case get = "GET", post = "POST" }

    var verb = Verb.get
    let url: Secret<String>
    var authorization: Secret<String>?
    /// JSON, if any.
    var body: Secret<[UInt8]>?
    /// How long the first word of the answer may take.
    var patience = Duration.seconds(60)
    /// The address to connect to in place of the host's name, which was checked.
    var address: String?

    init(_ url: Secret<String>) { self.url = url }
}

/// The beginning of an answer, with the rest to come.
struct HTTPAnswer {
    let status: Int
    let headers: HeaderLines
    var body: any BodyStream
}

/// The body of an answer, piece by piece.
protocol BodyStream {
    /// Nil at the end; an end that came too early is an error.
    mutating func next() async throws(TransportError) -> [UInt8]?
}

/// Header lines of an answer, found by name in any case.
struct HeaderLines: Sendable {
    private let lines: [(name: String, value: String)]

    init(_ lines: [(name: String, value: String)] = []) {
        self.lines = lines.map { ($0.name.lowercased(), $0.value) }
    }

    /// The first line of that name.
    subscript(_ name: String) -> String? {
        let name = name.lowercased()
        return lines.first { $0.name == name }?.value
    }
}

/// Why there was no answer, or not all of it.
struct TransportError: Error, Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        /// Nothing was heard: refused, unknown host, handshake failed, timed out.
        case noAnswer
        /// The answer broke off.
        case cut
        /// The answer began, and then nothing came any more.
        case silent
        /// The answer is larger than was asked for.
        case tooLarge
        case cancelled
    }

    let kind: Kind
    /// What happened, without the URL.
    let words: String

    init(_ kind: Kind, _ words: String) {
        self.kind = kind
        self.words = words
    }
}

extension HTTPAnswer {
    /// The whole body, refused as soon as it is larger than `limit`; given up when it only drips.
    mutating func bytes(
        atMost limit: Int,
        _ ticker: any Ticker
    ) async throws(TransportError) -> [UInt8] {
        let declared = headers["Content-Length"].flatMap { Int64($0) } ?? 0
        guard declared <= Int64(limit) else { throw .tooLarge(limit) }
        var bytes: [UInt8] = []
        var speed = SlowBody(at: ticker.now)
        while let piece = try await body.next() {
            try speed.took(piece.count, at: ticker.now)
            guard bytes.count + piece.count <= limit else { throw .tooLarge(limit) }
            bytes += piece
        }
        return bytes
    }
}

extension TransportError {
    static func tooLarge(_ limit: Int) -> TransportError {
        TransportError(.tooLarge, "the answer is larger than \(limit >> 20) MiB")
    }
}
