import Synchronization

/// What the connection did so far, for the summary of a run.
package struct ConnectionCounters: Equatable, Sendable {
    /// Calls that mint download links.
    package var linkCalls = 0
    /// By how much the platform made an endpoint wait.
    package var throttled = Duration.zero
    /// Whether any HTTP answer was ever received, from the API or a link.
    package var wasAnswered = false

    package init() {}

    package var throttledSeconds: Double { throttled / .seconds(1) }
}

/// The counters while they are counting.
final class CounterBox: Sendable {
    private let counters = Mutex(ConnectionCounters())

    var snapshot: ConnectionCounters { counters.withLock { $0 } }

    func count(_ change: (inout ConnectionCounters) -> Void) {
        counters.withLock { change(&$0) }
    }
}
