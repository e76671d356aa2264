package import LarkiveCore
internal import Synchronization

/// Time of day that moves when told.
package final class ManualClock: WallClock {
    private let time: Mutex<Timestamp>

    /// Starts at 2026-03-04T05:06:07.000Z unless told otherwise.
    package init(_ start: Timestamp = Timestamp(milliseconds: 1_772_600_767_000)) {
        time = Mutex(start)
    }

    package func now() -> Timestamp { time.withLock { $0 } }

    package func advance(seconds: Int64) {
        time.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}
