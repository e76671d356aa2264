/// Feishu as a pure state machine: a call and a moment in, an answer out.
///
/// Knows no socket and no clock; ``SandboxServer`` gives it both.
package struct Platform: Sendable {
    package var world: World
    package internal(set) var counters = SandboxCounters()
    let baseURL: String
    let hasTiers: Bool
    var faults: FaultBook
    var windows: [Endpoint: RateWindows] = [:]
    private var callNumber = 0
    var tokens: TokenDesk
    var links: LinkDesk

    package init(world: World, tiers: Bool = false, baseURL: String = "http://127.0.0.1") {
        self.world = world
        self.hasTiers = tiers
        self.baseURL = baseURL
        faults = FaultBook(world.faults)
        tokens = TokenDesk(life: world.app.tokenLife, seed: world.seed)
        links = LinkDesk(seed: world.seed)
    }

    package mutating func answer(_ call: Call, at now: Moment) -> Answer {
        guard let route = Route.find(call) else {
            counters.unknownPaths += 1
            return .text(404, "404 page not found")
        }
        callNumber += 1
        counters.calls[route.endpoint.rawValue, default: 0] += 1
        let answer = result(of: Visit(call: call, route: route, now: now, logID: logID(at: now)))
        if answer.status >= 400 { counters.refused[route.endpoint.rawValue, default: 0] += 1 }
        return answer
    }

    package mutating func setFaults(_ faults: [Fault]) { self.faults = FaultBook(faults) }

    package mutating func resetCounters() { counters = SandboxCounters() }

    package mutating func count(served bytes: Int) { counters.bytesServed += bytes }

    package mutating func revokeTokens() { tokens.revokeAll() }

    /// Writes a minted link down and returns its address.
    mutating func url(for code: String) -> String {
        counters.linksMinted += 1
        return baseURL + Endpoint.link.path + "?code=" + PercentText.encode(code)
    }

    private func logID(at now: Moment) -> String {
        "\(now.milliseconds)" + String(callNumber + 0xA000_0000, radix: 16).uppercased()
    }
}
