import Glibc
import NIOPosix

/// The port to the names of hosts.
///
/// Gives every address of a name, as text, at least one; may be called concurrently.
protocol Resolver: Sendable {
    func addresses(of host: String) async throws(ResolveError) -> [String]
}

struct ResolveError: Error, Equatable, Sendable {
    /// What happened, with the name of the host.
    let words: String
}

/// The system's resolver, on threads where it may block.
struct SystemResolver: Resolver {
    func addresses(of host: String) async throws(ResolveError) -> [String] {
        let found: [String]
        do {
            found = try await NIOThreadPool.singleton.runIfActive { Self.look(up: host) }
        } catch {
            throw ResolveError(words: "interrupted while \(host) was looked up")
        }
        guard !found.isEmpty else { throw ResolveError(words: "no address is known of \(host)") }
        return found
    }

    private static func look(up host: String) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        return sequence(first: first, next: { $0?.pointee.ai_next }).compactMap { entry in
            entry.flatMap { text(of: $0.pointee) }
        }
    }

    private static func text(of entry: addrinfo) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = getnameinfo(
            entry.ai_addr,
            entry.ai_addrlen,
            &bytes,
            socklen_t(bytes.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard status == 0 else { return nil }
        return String(
            decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
    }
}
