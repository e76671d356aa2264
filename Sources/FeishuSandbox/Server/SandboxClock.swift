import FoundationEssentials
import Synchronization

/// The sandbox's time: the real one, plus what tests have added.
package final class SandboxClock: Sendable {
    private let source: @Sendable () -> Moment
    private let ahead = Mutex<Duration>(.zero)

    /// Takes time from `source`.
    package init(source: @escaping @Sendable () -> Moment = SandboxClock.system) {
        self.source = source
    }

    package var now: Moment { source().advanced(by: ahead.withLock { $0 }) }

    /// Lets time pass at once: tokens and links grow older, windows close.
    package func advance(by duration: Duration) { ahead.withLock { $0 += duration } }

    package static let system: @Sendable () -> Moment = {
        Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }
}
