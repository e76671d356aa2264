import LarkiveCore
import Synchronization
import Testing

@testable import LarkiveFeishu

@Suite struct LargeAnswerTests {
    @Test func `twenty files of 35 MB pass through in small portions`() async throws {
        let store = CountingScratches()
        var answer = HTTPAnswer(status: 200, headers: HeaderLines(), body: GeneratedAnswer())
        let read = try await StreamedAnswer(messages: 20, into: store).read(&answer, StepTicker())
        let sizes = read.bodies.values.map(\.size)
        #expect(sizes == Array(repeating: GeneratedAnswer.fileSize, count: 20))
        #expect(read.object?["data"]?["messages"]?.array?.count == 20)
        // What is resident at any time: a piece, what is decoded of it, and the tree.
        #expect(store.largest.withLock { $0 } <= 2 * AnswerParser.portion)
    }
}

/// An answer of 700 MB of files, made while it is read.
private struct GeneratedAnswer: BodyStream {
    static let fileSize: Int64 = 35_000_001
    private static let digits = Int(fileSize) / 3 * 4

    private let block = Array(repeating: UInt8(ascii: "Q"), count: 64 << 10)
    private var message = 0
    private var left: Int?

    mutating func next() async throws(TransportError) -> [UInt8]? {
        switch left {
        case nil where message == 0: return begin(#"{"code":0,"data":{"messages":["#)
        case 0? where message < 20: return begin(#""}]},"#)
        case 0?:
            left = nil
            return Array(#""}]}]}}"#.utf8)
        case nil: return nil
        case let rest?:
            left = rest - min(rest, block.count)
            return rest < block.count ? Array(block[..<rest]) : block
        }
    }

    private mutating func begin(_ before: String) -> [UInt8] {
        message += 1
        left = Self.digits
        let item = #"{"message_id":"m\#(message)","attachments":[{"id":"a","filename":"x","body":""#
        return Array((before + item).utf8)
    }
}

/// Counts what comes and keeps nothing.
private final class CountingScratches: ScratchStore {
    let largest = Mutex(0)

    func open(expecting size: Int64?) async throws(StoreError) -> any Scratch {
        CountingScratch(self)
    }
}

private actor CountingScratch: Scratch {
    private let store: CountingScratches
    private var size: Int64 = 0

    init(_ store: CountingScratches) { self.store = store }

    func append(_ bytes: [UInt8]) throws(StoreError) {
        size += Int64(bytes.count)
        store.largest.withLock { $0 = max($0, bytes.count) }
    }

    func restart() { size = 0 }

    func finish() throws(StoreError) -> Staged {
        let bytes = [UInt8](repeating: 0, count: ContentDigest.byteCount)
        guard let digest = ContentDigest(bytes: bytes) else { throw StoreError(.io, "no digest") }
        return Staged(digest: digest, size: size, scratch: self)
    }

    func discard() {}
}
