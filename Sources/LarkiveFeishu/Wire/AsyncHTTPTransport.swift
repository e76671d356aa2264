import AsyncHTTPClient
import LarkiveCore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The transport over the network; the only file that knows the HTTP client.
struct AsyncHTTPTransport: Transport {
    /// Downloads, calls and some air: a request that waits for a free connection would time out.
    private static let connectionsPerHost = 32

    private let client: HTTPClient

    /// Trusts the certificates (PEM) of `caFile`, if given, instead of the system's.
    init(caFile: String? = nil, proxy: ProxyAddress? = nil) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let caFile { tls.trustRoots = .file(caFile) }
        client = HTTPClient(configuration: Self.configuration(tls, proxy))
    }

    /// Only the given proxy is used; none is taken from the environment.
    private static func configuration(
        _ tls: TLSConfiguration,
        _ proxy: ProxyAddress?
    ) -> HTTPClient.Configuration {
        var pool = HTTPClient.Configuration.ConnectionPool()
        pool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsPerHost
        pool.retryConnectionEstablishment = false
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(60)),
            connectionPool: pool,
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.proxy = proxy.map { .server(host: $0.host, port: $0.port) }
        return configuration
    }

    /// Closes every connection; nothing may be asked afterwards.
    func shutdown() async {
        // A connection that does not close in good order is closed all the same.
        try? await client.shutdown()
    }

    func open(_ request: HTTPRequest) async throws(TransportError) -> HTTPAnswer {
        do {
            let answer = try await client.execute(
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
        case .readTimeout, .deadlineExceeded: self.init(kind, "no word for too long")
        case .remoteConnectionClosed: self.init(kind, "connection closed")
        default: self.init(kind, error.shortDescription)
        }
    }
}
