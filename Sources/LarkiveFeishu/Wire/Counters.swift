import Synchronization

/// What the connection did so far, for the summary of a run.
package struct ConnectionCounters: Equatable, Sendable {
    /// Calls so far by the endpoint's name, repeated ones included.
    package var calls: [String: Int] = [:]
    /// Calls that mint download links.
    package var linkCalls = 0
    /// By how much the platform made an endpoint wait.
    package var throttled = Duration.zero
    /// Whether any HTTP answer was ever received, from the API or a link.
    package var wasAnswered = false
    /// The platform's time, as the answer with the shortest round trip told it.
    package var clock: ClockReading?

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

    func called(_ endpoint: Endpoint) {
        count { counters in
            counters.calls[endpoint.rawValue, default: 0] += 1
            if endpoint.mintsLinks { counters.linkCalls += 1 }
        }
    }

    /// Counts an answer of the API, and keeps what it says of the time.
    func answered(_ headers: HeaderLines, sent: Duration, at now: Duration) {
        let reading = ClockReading(headers, sent: sent, answered: now)
        count { counters in
            counters.wasAnswered = true
            guard let reading else { return }
            if let best = counters.clock, best.roundTrip <= reading.roundTrip { return }
            counters.clock = reading
        }
    }
}
