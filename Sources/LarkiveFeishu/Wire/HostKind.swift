/// What kind of place a host is, as far as its name alone tells.
enum HostKind: Equatable, Sendable {
    case name, publicAddress, loopback
    /// Private, link-local, multicast, reserved, or written in a way that resolvers read differently.
    case forbidden

    init(_ address: WebAddress) {
        if address.isIPv6 {
            self = IPv6.bytes(address.host).map(HostKind.init(ipv6:)) ?? .forbidden
        } else if let last = Self.lastLabel(address.host), Self.looksNumeric(last) {
            self = IPv4.bytes(address.host).map(HostKind.init(ipv4:)) ?? .forbidden
        } else {
            self = Self.isLocalName(address.host) ? .loopback : .name
        }
    }

    /// Of an address as a resolver writes it; forbidden when it is none.
    init(addressText text: String) {
        if let bytes = IPv4.bytes(text) {
            self.init(ipv4: bytes)
        } else {
            self = IPv6.bytes(text).map(HostKind.init(ipv6:)) ?? .forbidden
        }
    }

    private static func lastLabel(_ host: String) -> Substring? {
        host.split(separator: ".").last
    }

    /// Resolvers take `127.1`, `0x7f.1` and `2130706433` for addresses.
    private static func looksNumeric(_ label: Substring) -> Bool {
        label.hasPrefix("0x") || label.allSatisfy { $0.isASCII && $0.isNumber }
    }

    private static func isLocalName(_ host: String) -> Bool {
        let host = host.hasSuffix(".") ? String(host.dropLast()) : host
        return host == "localhost" || host.hasSuffix(".localhost")
    }

    /// Source: the IANA registry of special-purpose IPv4 addresses.
    init(ipv4 bytes: [UInt8]) {
        switch (bytes[0], bytes[1], bytes[2]) {
        case (127, _, _): self = .loopback
        case (0, _, _), (10, _, _), (100, 64...127, _), (169, 254, _), (172, 16...31, _),
            (192, 0, 0), (192, 0, 2), (192, 88, 99), (192, 168, _), (198, 18...19, _),
            (198, 51, 100), (203, 0, 113), (224..., _, _):
            self = .forbidden
        default: self = .publicAddress
        }
    }

    /// Source: the IANA registry of special-purpose IPv6 addresses; only 2000::/3 is routed.
    init(ipv6 bytes: [UInt8]) {
        let head = bytes.prefix(12)
        if head.allSatisfy({ $0 == 0 }) {
            self = bytes[12...] == [0, 0, 0, 1] ? .loopback : .forbidden
        } else if head.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            self.init(ipv4: Array(bytes[12...]))
        } else {
            // 2001::/23 and 2002::/16 carry or tunnel other addresses.
            let isTunnel = bytes[0] == 0x20 && (bytes[1] == 2 || (bytes[1] == 1 && bytes[2] < 2))
            let isDocumentation = bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8])
            let isRouted = bytes[0] & 0xE0 == 0x20
            self = isRouted && !isTunnel && !isDocumentation ? .publicAddress : .forbidden
        }
    }
}

/// Four decimal numbers and nothing else.
enum IPv4 {
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part -> UInt8? in
            guard part.first != "0" || part == "0", part.allSatisfy(\.isNumber) else { return nil }
            return UInt8(part)
        }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }
}

/// Groups of hexadecimal digits, one `::` at most, an IPv4 address in the last place.
enum IPv6 {
    static func bytes(_ text: String) -> [UInt8]? {
        var sides: [[UInt8]] = []
        for side in halves(text) {
            guard let bytes = groups(side) else { return nil }
            sides.append(bytes)
        }
        let count = sides.reduce(0) { $0 + $1.count }
        switch sides.count {
        case 1: return count == 16 ? sides[0] : nil
        case 2:
            return count <= 14 ? sides[0] + Array(repeating: 0, count: 16 - count) + sides[1] : nil
        default: return nil
        }
    }

    /// The text before and after each `::`.
    private static func halves(_ text: String) -> [Substring] {
        var halves: [Substring] = []
        var rest = text[...]
        while let gap = rest.indices.first(where: { rest[$0...].hasPrefix("::") }) {
            halves.append(rest[..<gap])
            rest = rest[gap...].dropFirst(2)
        }
        return halves + [rest]
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (place, part) in parts.enumerated() {
            if part.contains("."), place == parts.count - 1 {
                guard let tail = IPv4.bytes(part) else { return nil }
                bytes += tail
            } else {
                guard part.count <= 4, let group = UInt16(part, radix: 16) else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 255)]
            }
        }
        return bytes
    }
}
