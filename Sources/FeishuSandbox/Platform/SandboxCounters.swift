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
    /// Refresh tokens that were sent again after their one use.
    package var refreshReuse = 0
    package var bytesServed = 0

    package init() {}

    package func calls(_ endpoint: Endpoint) -> Int { calls[endpoint.rawValue] ?? 0 }

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
        case refreshReuse = "refresh_reuse"
        case bytesServed = "bytes_served"
    }
}
