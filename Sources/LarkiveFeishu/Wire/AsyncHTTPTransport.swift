import AsyncHTTPClient
import LarkiveCore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// The transport over the network; the only file that knows the HTTP client.
struct AsyncHTTPTransport: Transport {
    /// So long nothing is heard of a transfer before it is given up.
    static let silence = Duration.seconds(60)

    private let client: HTTPClient
    private let pinned: PinnedClients

    /// Trusts the certificates (PEM) of `caFile`, if given, instead of the system's.
    init(
        caFile: String? = nil,
        proxy: ProxyAddress? = nil,
        parallel: Int = 8,
        silence: Duration = silence
    ) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let caFile { tls.trustRoots = .file(caFile) }
        var configuration = Self.configuration(tls, parallel: parallel, silence)
        configuration.proxy = proxy.map { .server(host: $0.host, port: $0.port) }
        client = HTTPClient(configuration: configuration)
        pinned = PinnedClients(configuration)
    }

    /// No proxy is taken from the environment.
    ///
    /// There are connections for downloads, for calls and some air: a request that waits for a
    /// free connection would time out.
    private static func configuration(
        _ tls: TLSConfiguration,
        parallel: Int,
        _ silence: Duration
    ) -> HTTPClient.Configuration {
        var pool = HTTPClient.Configuration.ConnectionPool()
        pool.concurrentHTTP1ConnectionsPerHostSoftLimit = parallel + 24
        pool.retryConnectionEstablishment = false
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: TimeAmount(silence)),
            connectionPool: pool,
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        return configuration
    }

    /// Closes every connection; nothing may be asked afterwards.
    func shutdown() async {
        // A connection that does not close in good order is closed all the same.
        try? await client.shutdown()
        for client in pinned.all { try? await client.shutdown() }
    }

    func open(_ request: HTTPRequest) async throws(TransportError) -> HTTPAnswer {
        do {
            let answer = try await client(for: request).execute(
                Self.message(request),
                deadline: .now() + TimeAmount(request.patience)
            )
            return HTTPAnswer(
                status: Int(answer.status.code),
                headers: HeaderLines(answer.headers.map { ($0.name, $0.value) }),
                body: NetworkBody(answer.body)
            )
        } catch {
            throw TransportError(error, otherwise: .noAnswer)
        }
    }

    private func client(for request: HTTPRequest) throws(TransportError) -> HTTPClient {
        guard let address = request.address, let host = WebAddress(request.url.reveal())?.host
        else { return client }
        return try pinned.client(for: host, at: address)
    }

    private static func message(_ request: HTTPRequest) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: request.url.reveal())
        message.method = HTTPMethod(rawValue: request.verb.rawValue)
        message.headers.add(name: "User-Agent", value: "larkive")
        message.headers.add(name: "Accept-Encoding", value: "identity")
        if let token = request.authorization {
            message.headers.add(name: "Authorization", value: token.reveal())
        }
        if let body = request.body {
            message.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
            message.body = .bytes(ByteBuffer(bytes: body.reveal()))
        }
        return message
    }
}

/// Clients that connect to an address in place of a name, with the name's certificate.
///
/// The HTTP client takes such a pair for all of its requests only; so there is one for each.
private final class PinnedClients: Sendable {
    private static let most = 1_024

    private let configuration: HTTPClient.Configuration
    private let clients = Mutex<[String: HTTPClient]>([:])

    init(_ configuration: HTTPClient.Configuration) { self.configuration = configuration }

    var all: [HTTPClient] { clients.withLock { Array($0.values) } }

    func client(for host: String, at address: String) throws(TransportError) -> HTTPClient {
        let key = host + " " + address
        let found = clients.withLock { clients -> HTTPClient? in
            if let client = clients[key] { return client }
            guard clients.count < Self.most else { return nil }
            var configuration = configuration
            configuration.dnsOverride = [host: address]
            let client = HTTPClient(configuration: configuration)
            clients[key] = client
            return client
        }
        guard let found else { throw TransportError(.noAnswer, "links lead to too many hosts") }
        return found
    }
}

/// Letting go of it closes the connection if there is more to come.
private struct NetworkBody: BodyStream {
    private var pieces: HTTPClientResponse.Body.AsyncIterator

    init(_ body: HTTPClientResponse.Body) { pieces = body.makeAsyncIterator() }

    mutating func next() async throws(TransportError) -> [UInt8]? {
        do {
            return try await pieces.next(isolation: #isolation).map { Array($0.readableBytesView) }
        } catch {
            throw TransportError(error, otherwise: .cut)
        }
    }
}

extension TransportError {
    /// In words of our own: descriptions of errors may hold the URL.
    fileprivate init(_ error: any Error, otherwise kind: Kind) {
        switch error {
        case let error as TransportError: self = error
        case is CancellationError: self.init(.cancelled, "interrupted")
        case let error as HTTPClientError: self.init(error, otherwise: kind)
        case let error as NIOConnectionError:
            self.init(kind, "cannot connect to \(error.host), port \(error.port)")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            self.init(kind, "TLS: \(error)")
        case let error as IOError:
            self.init(kind, "connection lost (errno \(error.errnoCode))")
        default:
            self.init(kind, "connection lost (\(type(of: error)))")
        }
    }

    private init(_ error: HTTPClientError, otherwise kind: Kind) {
        switch error {
        case .cancelled: self.init(.cancelled, "interrupted")
        case .readTimeout, .deadlineExceeded:
            self.init(kind == .cut ? .silent : kind, "no word for too long")
        case .remoteConnectionClosed: self.init(kind, "connection closed")
        default: self.init(kind, error.shortDescription)
        }
    }
}
