import Hummingbird
import NIOCore

/// Sends the body of an answer, whole or with the accidents that it is due.
struct BodyDelivery: Sendable {
    /// Thrown to make Hummingbird close the connection in the middle of a body.
    struct CutShort: Error {}

    private let answer: Answer
    private let onSent: @Sendable (Int) -> Void

    init(_ answer: Answer, onSent: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.answer = answer
        self.onSent = onSent
    }

    var responseBody: ResponseBody {
        if case .bytes(let bytes) = answer.body, answer.delivery.isPlain {
            return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        }
        return ResponseBody(contentLength: answer.delivery.isChunked ? nil : answer.count) {
            writer in
            try await send(to: &writer)
            try await writer.finish(nil)
        }
    }

    @concurrent
    private func send(to writer: inout any ResponseBodyWriter) async throws {
        guard answer.delivery.cutAfter != 0 else { throw CutShort() }
        var sent = 0
        for var piece in pieces {
            while piece.readableBytes > 0 {
                guard let part = piece.readSlice(length: room(after: sent, for: piece)) else {
                    break
                }
                try await pause(at: sent)
                try await writer.write(part)
                sent += part.readableBytes
                onSent(part.readableBytes)
                if isSlow { try await Task.sleep(for: Self.beat) }
                guard answer.delivery.cutAfter != sent else { throw CutShort() }
            }
        }
        try await pause(at: sent)
    }

    /// A slow body goes out in twenty parts a second.
    private static let beat: Duration = .milliseconds(50)
    private var isSlow: Bool { answer.delivery.bytesPerSecond != nil }

    private var pieces: AnySequence<ByteBuffer> {
        switch answer.body {
        case .bytes(let bytes): AnySequence([ByteBuffer(bytes: bytes)])
        case .content(let content, let count):
            AnySequence(ContentStream(content, count: count).lazy.map { ByteBuffer(bytes: $0) })
        case .parts(let parts, let count):
            AnySequence(parts.pieces(count: count).lazy.map { ByteBuffer(bytes: $0) })
        }
    }

    /// How much may go out before the next accident.
    private func room(after sent: Int, for piece: ByteBuffer) -> Int {
        let accidents = [answer.delivery.cutAfter, answer.delivery.stall?.after]
        let next = accidents.compactMap { $0 }.filter { $0 > sent }.min() ?? Int.max
        let beat = answer.delivery.bytesPerSecond.map { max(1, $0 / 20) } ?? Int.max
        return min(piece.readableBytes, next - sent, beat)
    }

    private func pause(at sent: Int) async throws {
        guard let stall = answer.delivery.stall, stall.after == sent else { return }
        try await Task.sleep(for: stall.lasts)
    }
}
