import LarkiveCore

/// Judges a body while it arrives: is it a file, and is it all of it.
///
/// Pure: takes pieces in, gives out what may be written. The first 64 KiB are held back until it is
/// clear that they are no error in the form of JSON.
struct BodyGate: Sendable {
    private let name: String
    private let size: Int64?
    private let length: Int64?
    private let isChunked: Bool
    private var held: [UInt8]? = []
    private var received: Int64 = 0

    /// Refuses what the headers alone give away; `size` is what the listing declares, if anything.
    init(_ headers: HeaderLines, name: String, size: Int64?) throws(Trouble) {
        let coding = headers["Content-Encoding"]?.lowercased() ?? "identity"
        guard coding == "identity" || coding.isEmpty else {
            throw Trouble(.none, .badAnswer, "the body comes encoded (\(PlainText.short(coding)))")
        }
        guard !NotAFile.isPage(headers, named: name) else {
            throw .wrongBody(.notAFile, "an HTML page came in place of the file")
        }
        self.name = name
        self.size = size
        length = headers["Content-Length"].flatMap { Int64($0) }
        isChunked = headers["Transfer-Encoding"]?.lowercased().contains("chunked") ?? false
        try checkDeclared()
    }

    /// Whether the end of the body can be told from a broken connection.
    var isFramed: Bool { length != nil || isChunked || size != nil }

    /// What may be written now.
    mutating func take(_ piece: [UInt8]) throws(Trouble) -> [UInt8] {
        received += Int64(piece.count)
        if received > NotAFile.mostHeldBack, let size, received > size {
            throw .wrongBody(.longBody, "more than the declared \(size) bytes came")
        }
        guard let held else { return piece }
        guard held.count + piece.count > NotAFile.mostHeldBack else {
            self.held = held + piece
            return []
        }
        self.held = nil
        return held + piece
    }

    /// What is left to write at the end of the body.
    func end() throws(Trouble) -> [UInt8] {
        if let held, NotAFile.isError(held, named: name) {
            throw .wrongBody(.notAFile, "an error in JSON came in place of the file")
        }
        if let size, length == nil, !isChunked, received < size {
            throw .passing(.connection, "the connection ended after \(received) of \(size) bytes")
        }
        if let expected = size ?? length { try check(received, expected) }
        return held ?? []
    }

    /// The trouble of a body that broke off.
    func broken(_ error: TransportError) -> Trouble {
        guard error.kind != .cancelled else { return Trouble(.none, .interrupted, error.words) }
        guard let length, received < length else {
            return .passing(.connection, "after \(received) bytes: \(error.words)")
        }
        return .passing(.shortBody, "\(received) of \(length) bytes came: \(error.words)")
    }

    /// A large body of another length need not be fetched at all; a small one may be an error.
    private func checkDeclared() throws(Trouble) {
        guard let length, let size, length > NotAFile.mostHeldBack else { return }
        try check(length, size)
    }

    private func check(_ count: Int64, _ expected: Int64) throws(Trouble) {
        guard count != expected else { return }
        let words = "\(count) bytes where \(expected) are declared"
        throw .wrongBody(count < expected ? .shortBody : .longBody, words)
    }
}
