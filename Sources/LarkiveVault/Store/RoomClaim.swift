internal import LarkiveCore
internal import Synchronization

/// Room for one writer, asked for piece by piece before it is written.
///
/// Several write at once: what each may still write is kept from the others, so that all together
/// do not touch the reserve.
final class RoomClaim: Sendable {
    /// Asked for at a time, when less is needed.
    private static let stride: Int64 = 256 << 10

    private let disk: DiskRoom
    private let left = Mutex<Int64>(0)

    init(on disk: DiskRoom) { self.disk = disk }

    deinit { disk.release(left.withLock { $0 }) }

    /// Makes sure that so many bytes can be written.
    func need(_ bytes: Int64) throws(StoreError) {
        try left.withLock { left throws(StoreError) in
            guard left < bytes else { return }
            let wanted = max(Self.stride, bytes - left)
            try disk.claim(wanted)
            left += wanted
        }
    }

    /// So many of them are on the disk, which counts them itself.
    func use(_ bytes: Int64) {
        left.withLock { $0 -= bytes }
        disk.release(bytes)
    }
}
