import LarkiveCore

/// Says where a download link may lead.
///
/// The platform's answers choose the host, so every hop is checked: https only, no user
/// information, no private address. A loopback server may be downloaded from when, and only when,
/// the API itself is on loopback. What a name resolves to is checked too, and connected to; only
/// a proxy resolves by itself, so then the names must be listed.
struct LinkGuard: Sendable {
    static let mostRedirects = 5

    let allowsLoopback: Bool
    /// Names and, by whole labels, what lies under them; empty for any.
    let hosts: [String]
    private let mustBeListed: Bool

    init(allowsLoopback: Bool, hosts: [String] = [], mustBeListed: Bool = false) {
        self.allowsLoopback = allowsLoopback
        self.mustBeListed = mustBeListed
        self.hosts = hosts.map { $0.lowercased() }
    }

    /// The link taken apart; throws why it is refused, without the link.
    func check(_ url: LinkURL) throws(BadLink) -> WebAddress {
        guard let address = WebAddress(url.reveal()) else { throw .malformed }
        guard !address.hasUserInfo else { throw .userInfo }
        let kind = HostKind(address)
        switch kind {
        case .forbidden: throw .address
        case .loopback: guard allowsLoopback else { throw .address }
        case .name, .publicAddress:
            guard address.scheme == .https else { throw .plainHTTP }
        }
        guard isListed(address.host) else { throw .host(address.host) }
        return address
    }

    /// Checks every address that a name has: a bad one spoils the name.
    func check(_ addresses: [String]) throws(BadLink) {
        for address in addresses {
            switch HostKind(addressText: address) {
            case .publicAddress: continue
            case .loopback where allowsLoopback: continue
            default: throw .address
            }
        }
    }

    private func isListed(_ host: String) -> Bool {
        let host = host.hasSuffix(".") ? String(host.dropLast()) : host
        guard !hosts.isEmpty else { return !mustBeListed }
        return hosts.contains { host == $0 || host.hasSuffix("." + $0) }
    }

    /// Where a redirect leads, before it is checked in turn.
    func target(_ location: String, from address: WebAddress) throws(BadLink) -> LinkURL {
        if location.hasPrefix("//") { return Secret(address.scheme.rawValue + ":" + location) }
        if location.hasPrefix("/") { return Secret(address.origin + location) }
        guard location.contains("://") else { throw .malformed }
        return Secret(location)
    }
}

/// Why a link is not followed.
enum BadLink: Error, Equatable, Sendable {
    case malformed, userInfo, plainHTTP, address
    case host(String)
    case redirects

    var words: String {
        switch self {
        case .malformed: "the link is no URL of http or https"
        case .userInfo: "the link carries a user name"
        case .plainHTTP: "the link is not https"
        case .address: "the link leads to a private, local or unusual address"
        case .host(let host): "the link leads to \(host), which feishu.link_hosts does not allow"
        case .redirects: "the link is redirected too often"
        }
    }
}
