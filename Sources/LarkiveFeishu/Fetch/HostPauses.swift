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
