import Glibc

/// Reads from a descriptor piece by piece until a text is whole.
struct IncomingText {
    /// More than a browser sends, and less than would hurt.
    static let longest = 16_384

    let descriptor: Int32
    private(set) var bytes: [UInt8] = []
    /// Nothing more will come, or too much came.
    private(set) var isOver = false
    private(set) var isClosed = false

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Takes what is there; to be called when something is.
    mutating func take() {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count > 0 else {
            isOver = count == 0 || (errno != EINTR && errno != EAGAIN)
            return
        }
        bytes += buffer.prefix(count)
        if bytes.count > Self.longest { isOver = true }
    }

    mutating func close() {
        guard !isClosed else { return }
        isClosed = true
        _ = Glibc.close(descriptor)
    }

    /// The next whole line, without its end.
    mutating func line() -> String? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { bytes.removeSubrange(...end) }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
