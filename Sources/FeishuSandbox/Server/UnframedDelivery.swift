import NIOCore
import NIOHTTP1

/// Sends an answer without any framing, past the encoder, which would not allow it.
///
/// The whole answer is held in memory: meant for small files.
struct UnframedDelivery: Sendable {
    private let answer: Answer

    init(_ answer: Answer) { self.answer = answer }

    /// Returns once everything is written and the connection is closed.
    func send(over channel: any Channel) async throws {
        let bytes = bytes
        try await channel.eventLoop.flatSubmit {
            let promise = channel.eventLoop.makePromise(of: Void.self)
            do {
                let encoder = try channel.pipeline.syncOperations
                    .context(handlerType: HTTPResponseEncoder.self)
                encoder.writeAndFlush(NIOAny(bytes), promise: promise)
            } catch {
                promise.fail(error)
            }
            return promise.futureResult
        }.get()
        try await channel.close()
    }

    private var bytes: ByteBuffer {
        var head = "HTTP/1.1 \(answer.status) OK\r\nConnection: close\r\n"
        for header in answer.headers { head += "\(header.name): \(header.value)\r\n" }
        var buffer = ByteBuffer(string: head + "\r\n")
        switch answer.body {
        case .bytes(let bytes): buffer.writeBytes(bytes)
        case .content(let content, let count):
            for piece in ContentStream(content, count: count) { buffer.writeBytes(piece) }
        case .parts(let parts, let count):
            for piece in parts.pieces(count: count) { buffer.writeBytes(piece) }
        }
        return buffer
    }
}
