/// Lets a bounded number of downloads run at once, first come, first served.
actor Slots {
    private var free: Int
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = max(count, 1) }

    /// Must be followed by ``leave()``.
    func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiters.append($0) }
    }

    func leave() {
        if waiters.isEmpty { free += 1 } else { waiters.removeFirst().resume() }
    }
}

/// Until when the hosts of links want to be left alone.
actor HostPauses {
    private var ends: [String: Duration] = [:]
    private let ticker: any Ticker

    init(_ ticker: any Ticker) { self.ticker = ticker }

    func pause(_ host: String, for time: Duration) {
        ends[host] = max(ends[host] ?? .zero, ticker.now + time)
    }

    /// Returns when the host may be asked again; a pause may grow meanwhile.
    func pass(_ host: String) async throws(CancellationError) {
        while let end = ends[host] {
            guard end > ticker.now else {
                ends[host] = nil
                return
            }
            try await ticker.sleep(until: end)
        }
    }
}
