import LarkiveCore
import Synchronization

/// Scratches in memory; the digest is a plain sum, which is enough to tell bodies apart.
final class MemoryScratches: ScratchStore {
    private let failure: StoreError?
    private let made = Mutex<[MemoryScratch]>([])

    init(failing failure: StoreError? = nil) { self.failure = failure }

    var scratches: [MemoryScratch] { made.withLock { $0 } }

    func open(expecting size: Int64?) async throws(StoreError) -> any Scratch {
        let scratch = MemoryScratch(failure)
        made.withLock { $0.append(scratch) }
        return scratch
    }
}

actor MemoryScratch: Scratch {
    private(set) var bytes: [UInt8] = []
    private(set) var isDiscarded = false
    private let failure: StoreError?

    init(_ failure: StoreError?) { self.failure = failure }

    func append(_ more: [UInt8]) throws(StoreError) {
        if let failure { throw failure }
        bytes += more
    }

    func restart() { bytes = [] }

    func finish() throws(StoreError) -> Staged {
        var sum = [UInt8](repeating: 0, count: ContentDigest.byteCount)
        for (place, byte) in bytes.enumerated() { sum[place % sum.count] &+= byte &+ 1 }
        guard let digest = ContentDigest(bytes: sum) else { throw StoreError(.io, "no digest") }
        return Staged(digest: digest, size: Int64(bytes.count), scratch: self)
    }

    func discard() { isDiscarded = true }
}
