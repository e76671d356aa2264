internal import CLinux
internal import Crypto
internal import Dispatch
internal import FoundationEssentials
internal import LarkiveCore
internal import Synchronization
internal import SystemPackage

/// Reads objects in the order of their digests and hashes them, on all cores.
///
/// Ends early when enough was read or time is over, and then says how far it has come.
final class ObjectReading: Sendable {
    /// Objects of a shard, in order.
    typealias Shard = @Sendable (UInt8) throws -> [ContentDigest]

    private struct State {
        var waiting: [ContentDigest] = []
        var shard: Int
        var shardsLeft = 257
        var left: Int64
        var stoppedAt: ContentDigest?
        var isStopped = false
        var result = Result()
        var failure: (any Error)?
    }

    struct Result {
        var faults: [ContentDigest: Finding] = [:]
        /// What the bytes of an object really are.
        var actual: [ContentDigest: ContentDigest] = [:]
        var unread: [ContentDigest] = []
        var objects: Int64 = 0
        var bytes: Int64 = 0
        /// The first that was not read; nil when all were.
        var end: ContentDigest?
    }

    private static let chunk = 1 << 20

    private let objects: Directory
    private let from: ContentDigest
    private let request: VerifyRequest
    private let shard: Shard
    private let state: Mutex<State>

    /// At most `most` objects are read, from `from` on and round.
    init(
        objects: Directory,
        from: ContentDigest,
        most: Int64,
        _ request: VerifyRequest,
        _ shard: @escaping Shard
    ) {
        self.objects = objects
        self.from = from
        self.request = request
        self.shard = shard
        state = Mutex(State(shard: Int(from.bytes[0]), left: most))
    }

    func run() throws -> Result {
        let workers = max(ProcessInfo.processInfo.activeProcessorCount, 1)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in self.work() }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.result.end = state.stoppedAt
            return state.result
        }
    }

    private func work() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.chunk,
            alignment: 4_096
        )
        defer { buffer.deallocate() }
        while let digest = next() { read(digest, buffer) }
    }

    /// Hands out one after the other, round the circle from `from`.
    private func next() -> ContentDigest? {
        state.withLock { state in
            guard !state.isStopped, state.failure == nil else { return nil }
            do {
                while state.waiting.isEmpty {
                    guard state.shardsLeft > 0 else { return nil }
                    state.waiting = try page(of: state).reversed()
                    state.shardsLeft -= 1
                    state.shard = (state.shard + 1) % 256
                }
            } catch {
                state.failure = error
                return nil
            }
            guard state.left > 0, request.mayGoOn() else {
                state.isStopped = true
                stop(&state, at: state.waiting.last)
                return nil
            }
            state.left -= 1
            return state.waiting.popLast()
        }
    }

    /// The first shard is visited twice: from `from` on, and at the end up to there.
    private func page(of state: State) throws -> [ContentDigest] {
        let all = try shard(UInt8(state.shard))
        switch state.shardsLeft {
        case 257: return all.filter { from <= $0 }
        case 1: return all.filter { $0 < from }
        default: return all
        }
    }

    /// Of several places where reading stopped the one nearest to the beginning counts.
    private func stop(_ state: inout State, at digest: ContentDigest?) {
        guard let digest else { return }
        guard let known = state.stoppedAt else { return state.stoppedAt = digest }
        let (isBehind, wasBehind) = (digest < from, known < from)
        if isBehind == wasBehind ? digest < known : wasBehind { state.stoppedAt = digest }
    }

    private func read(_ digest: ContentDigest, _ buffer: UnsafeMutableRawBufferPointer) {
        let subject = DiskObjectStore.subject(of: digest)
        do {
            let file = try objects.directory(String(digest.hex.prefix(2)))
                .file(digest.hex, .reading)
            guard let (found, size) = try hash(file, buffer) else {
                return state.withLock { state in
                    state.isStopped = true
                    stop(&state, at: digest)
                }
            }
            note(digest, found, size, subject)
        } catch {
            state.withLock { state in
                state.result.unread.append(digest)
                state.result.faults[digest] =
                    Finding(.objectUnreadable, subject, "cannot be read: \(error)")
            }
        }
    }

    private func note(
        _ digest: ContentDigest,
        _ found: ContentDigest,
        _ size: Int64,
        _ subject: String
    ) {
        let (objects, bytes) = state.withLock { state in
            state.result.objects += 1
            state.result.bytes += size
            if found != digest {
                state.result.actual[digest] = found
                state.result.faults[digest] =
                    Finding(.objectChanged, subject, "its bytes have the SHA-256 \(found.hex)")
            }
            return (state.result.objects, state.result.bytes)
        }
        if objects.isMultiple(of: 256) { request.progress(objects, bytes) }
    }

    /// Nil when time was over in the middle.
    private func hash(
        _ file: File,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(DiskError) -> (ContentDigest, Int64)? {
        var (hasher, offset) = (SHA256(), Int64(0))
        while true {
            let count = try file.read(into: buffer, at: offset)
            if count == 0 { return (ContentDigest(hasher.finalize()), offset) }
            hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += Int64(count)
            if offset.isMultiple(of: 64 << 20), !request.mayGoOn() { return nil }
        }
    }
}

extension File {
    /// Fills the buffer as far as there are bytes; 0 at the end of the file.
    func read(
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64
    ) throws(DiskError) -> Int {
        while true {
            let got = lk_pread(descriptor, buffer.baseAddress, buffer.count, offset)
            if got == -Int64(Errno.interrupted.rawValue) { continue }
            return Int(try checked(got, "read", path))
        }
    }
}
