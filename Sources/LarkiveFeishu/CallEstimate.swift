/// How many calls a run takes of one endpoint, and how long they take at the documented rate.
package struct CallEstimate: Equatable, Sendable {
    package let endpoint: String
    package let calls: Int
    package let seconds: Double
}

extension FeishuConnection {
    /// What a run costs that walks as this connection has walked so far, and makes so many calls
    /// for links of mail beside; slowest endpoint first.
    ///
    /// Endpoints are used at the same time: the run takes about as long as the slowest of them.
    package func estimate(mailLinkCalls: Int) -> [CallEstimate] {
        var calls = counters.calls
        calls[Endpoint.downloadURL.rawValue, default: 0] += mailLinkCalls
        return Endpoint.allCases.compactMap { endpoint in
            let count = calls[endpoint.rawValue] ?? 0
            guard count > 0, !endpoint.row.windows.isEmpty else { return nil }
            let spacing = endpoint.row.windows.map { $0.length / .seconds(1) / Double($0.limit) }
            return CallEstimate(
                endpoint: endpoint.rawValue,
                calls: count,
                seconds: Double(count) * (spacing.max() ?? 0)
            )
        }
        .sorted { ($1.seconds, $0.endpoint) < ($0.seconds, $1.endpoint) }
    }
}
