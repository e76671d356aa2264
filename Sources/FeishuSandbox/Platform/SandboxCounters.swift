/// What clients have done.
package struct SandboxCounters: Codable, Equatable, Sendable {
    /// Calls by endpoint, refused ones included.
    package var calls: [String: Int] = [:]
    /// Answers with code 99991400 by endpoint.
    package var throttled: [String: Int] = [:]
    package var totalThrottled = 0
    /// Other refusals by endpoint, scripted ones included.
    package var refused: [String: Int] = [:]
    package var unknownPaths = 0
    package var linksMinted = 0
    package var linkUses = 0
    /// Requests on a link that had no use left.
    package var usesBeyondLimit = 0
    /// Requests on a link whose time was over.
    package var usesAfterExpiry = 0
    package var unknownLinks = 0
    package var authorizationOnLinkHost = 0
    package var head = 0
    package var range = 0
    /// Calls on an endpoint before the wait that it had told was over.
    package var callsInsidePenalty = 0
    /// Refresh tokens that were sent again after their one use.
    package var refreshReuse = 0
    /// Faults that callers have met, scripted or by storm, and how many of each kind.
    package var faultsMet = 0
    package var faultsByKind: [String: Int] = [:]
    package var bytesServed = 0

    package init() {}

    package func calls(_ endpoint: Endpoint) -> Int { calls[endpoint.rawValue] ?? 0 }

    mutating func meet(_ effect: FaultEffect) {
        faultsMet += 1
        faultsByKind[effect.kind, default: 0] += 1
    }

    /// Everything that a client must never do; being throttled is not among it.
    package var violations: Int {
        usesBeyondLimit + usesAfterExpiry + authorizationOnLinkHost + head + range
            + callsInsidePenalty + refreshReuse
    }

    private enum CodingKeys: String, CodingKey {
        case calls, throttled, refused, head, range
        case totalThrottled = "total_throttled"
        case unknownPaths = "unknown_paths"
        case linksMinted = "links_minted"
        case linkUses = "link_uses"
        case usesBeyondLimit = "third_use"
        case usesAfterExpiry = "expired_use"
        case unknownLinks = "unknown_links"
        case authorizationOnLinkHost = "authorization_on_link_host"
        case callsInsidePenalty = "call_inside_penalty"
        case refreshReuse = "refresh_reuse"
        case faultsMet = "faults_met"
        case faultsByKind = "faults_by_kind"
        case bytesServed = "bytes_served"
    }
}
