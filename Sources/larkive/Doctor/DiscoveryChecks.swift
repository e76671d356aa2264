import LarkiveCore
import LarkiveFeishu

/// What was found beside the configured mailboxes.
struct DiscoveryChecks {
    private let discovery: Discovery

    init(_ discovery: Discovery) { self.discovery = discovery }

    var all: [Check] {
        discovery.failures.map { Check("discovery", "mail.discover", failing: $0) }
            + discovery.leftOut.map {
                .ok("discovery", $0.address.rawValue, "listed and not walked: \($0.why)")
            }
    }
}
