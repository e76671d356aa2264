/// Feishu as a pure state machine: a call and a moment in, an answer out.
///
/// Knows no socket and no clock; ``SandboxServer`` gives it both.
struct Platform: Sendable {
    var world: World
    var counters = SandboxCounters()
    /// Where minted links lead; the port is known once it is bound.
    var baseURL: String
    let hasTiers: Bool
    var faults: FaultBook
    var storm: FaultStorm?
    var windows: [Endpoint: RateWindows] = [:]
    private var penalties: [Endpoint: Penalty] = [:]
    private var callNumber = 0
    private var scripts: Int64 = 0
    var tokens: TokenDesk
    var users: UserDesk
    var links: LinkDesk

    init(world: World, tiers: Bool = false, baseURL: String = "http://127.0.0.1") {
        self.world = world
        self.hasTiers = tiers
        self.baseURL = baseURL
        faults = FaultBook(world.faults)
        storm = world.storm
        tokens = TokenDesk(life: world.app.tokenLife, seed: world.seed)
        users = UserDesk(seed: world.seed)
        links = LinkDesk(seed: world.seed)
    }

    mutating func answer(_ call: Call, at now: Moment) -> Answer {
        guard let route = Route.find(call) else {
            counters.unknownPaths += 1
            return .text(404, "404 page not found")
        }
        callNumber += 1
        counters.calls[route.endpoint.rawValue, default: 0] += 1
        watchPenalty(on: route.endpoint, at: now)
        let answer = result(of: Visit(call: call, route: route, now: now, logID: logID(at: now)))
        if let penalty = Penalty(answer, at: now) { penalties[route.endpoint] = penalty }
        if answer.status >= 400 { counters.refused[route.endpoint.rawValue, default: 0] += 1 }
        return answer
    }

    private mutating func watchPenalty(on endpoint: Endpoint, at now: Moment) {
        guard let penalty = penalties[endpoint] else { return }
        guard penalty.isBroken(by: now, grace: world.quirks.penaltyGrace) else { return }
        counters.callsInsidePenalty += 1
    }

    mutating func setFaults(_ faults: [SandboxFault]) { self.faults = FaultBook(faults) }

    mutating func set(_ script: FaultScript) {
        if let faults = script.faults { setFaults(faults) }
        if let storm = script.storm { self.storm = storm }
    }

    /// Lets the changes of a script happen, all of them or none.
    mutating func change(_ script: String) throws {
        var changed = world
        scripts += 1
        for change in try WorldFile.changes(script, seed: world.seed, number: scripts) {
            try changed.apply(change)
        }
        world = changed
    }

    mutating func resetCounters() { counters = SandboxCounters() }

    mutating func count(served bytes: Int) { counters.bytesServed += bytes }

    mutating func revokeTokens() { tokens.revokeAll() }

    mutating func revokeUser() { users.revokeAll() }

    /// Writes a minted link down and returns its address.
    mutating func url(for code: String) -> String {
        counters.linksMinted += 1
        return baseURL + Endpoint.link.path + "?code=" + PercentText.encode(code)
    }

    private func logID(at now: Moment) -> String {
        "\(now.milliseconds)" + String(callNumber + 0xA000_0000, radix: 16).uppercased()
    }
}
