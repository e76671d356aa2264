import LarkiveCore

/// A URL taken apart, as strictly as a URL from elsewhere deserves.
///
/// ASCII without spaces, a scheme, a host of plain letters or an address literal; whatever could
/// be read in two ways is refused.
struct WebAddress: Hashable, Sendable {
    enum Scheme: String, Sendable { case http, https }

    let scheme: Scheme
    let hasUserInfo: Bool
    /// Lower case; an IPv6 literal without its brackets.
    let host: String
    let isIPv6: Bool
    let port: Int?
    /// With the query, from the first `/` on; may be empty.
    let rest: String

    init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
            let (scheme, afterScheme) = Self.scheme(text)
        else { return nil }
        let end = afterScheme.firstIndex { "/?#".contains($0) } ?? afterScheme.endIndex
        let authority = afterScheme[..<end]
        let hostAndPort = authority.split(separator: "@", omittingEmptySubsequences: false).last
        guard let place = HostAndPort(hostAndPort ?? "") else { return nil }
        self.scheme = scheme
        hasUserInfo = authority.contains("@")
        host = place.host
        isIPv6 = place.isIPv6
        port = place.port
        rest = String(afterScheme[end...])
    }

    private static func scheme(_ text: String) -> (Scheme, Substring)? {
        guard let colon = text.firstIndex(of: ":"),
            let scheme = Scheme(rawValue: text[..<colon].lowercased())
        else { return nil }
        let after = text[text.index(after: colon)...]
        guard after.hasPrefix("//") else { return nil }
        return (scheme, after.dropFirst(2))
    }

    /// `https://host:port`, to which a path is appended.
    var origin: String {
        let name = isIPv6 ? "[\(host)]" : host
        return scheme.rawValue + "://" + name + (port.map { ":\($0)" } ?? "")
    }
}

/// What stands between `//` and the path, without user information.
private struct HostAndPort {
    let host: String
    let isIPv6: Bool
    let port: Int?

    init?(_ text: Substring) {
        let (host, isIPv6, rest): (Substring, Bool, Substring)
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            (host, isIPv6) = (text[..<end].dropFirst(), true)
            rest = text[text.index(after: end)...]
        } else {
            let colon = text.firstIndex(of: ":") ?? text.endIndex
            (host, isIPv6, rest) = (text[..<colon], false, text[colon...])
        }
        guard Self.isGood(host, isIPv6), let port = Self.port(rest) else { return nil }
        self.host = host.lowercased()
        self.isIPv6 = isIPv6
        self.port = port
    }

    private static func isGood(_ host: Substring, _ isIPv6: Bool) -> Bool {
        let allowed: (Character) -> Bool = {
            isIPv6
                ? $0.isHexDigit || ":.".contains($0)
                : $0.isLetter || $0.isNumber || "-._".contains($0)
        }
        return !host.isEmpty && host.utf8.count <= 253 && host.allSatisfy(allowed)
    }

    /// Outer nil: malformed; inner nil: none.
    private static func port(_ text: Substring) -> Int?? {
        guard !text.isEmpty else { return .some(nil) }
        let digits = text.dropFirst()
        guard text.first == ":", !digits.isEmpty,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(digits), (1...65_535).contains(port)
        else { return nil }
        return .some(port)
    }
}
