import LarkiveCore
import LarkiveTesting
import NIOSSL
import Testing

@testable import LarkiveFeishu

/// The transport against real servers on loopback.
@Suite(.scratchDirectory) struct NetworkTests {
    private static let reply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbytes"
    private static let cut = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nbytes"

    @Test func `the name's own certificate is accepted at the address that was checked`()
        async throws
    {
        let certificates = try StubCertificates(for: "files.example")
        let heard = try await withServer(tls: certificates.context()) { server in
            let request = request(server, name: "files.example")
            let said = try await get(request, trusting: certificates.root)
            #expect(said == "bytes")
        }
        #expect(heard.contains("GET /x HTTP/1.1"))
        #expect(heard.lowercased().contains("host: files.example"))
        #expect(!heard.lowercased().contains("authorization"))
    }

    @Test func `another name's certificate is refused before anything is said`() async throws {
        let certificates = try StubCertificates(for: "files.example")
        let heard = try await withServer(tls: certificates.context()) { server in
            await #expect(throws: TransportError.self) {
                _ = try await get(
                    request(server, name: "other.example"),
                    trusting: certificates.root
                )
            }
        }
        #expect(heard.isEmpty)
    }

    @Test func `a certificate by nobody known is refused`() async throws {
        let certificates = try StubCertificates(for: "files.example")
        let heard = try await withServer(tls: certificates.context()) { server in
            await #expect(throws: TransportError.self) {
                _ = try await get(request(server, name: "files.example"), trusting: nil)
            }
        }
        #expect(heard.isEmpty)
    }

    @Test(arguments: [TLSVersion.tlsv1, .tlsv11])
    func `TLS older than 1.2 is not spoken`(version: TLSVersion) async throws {
        let certificates = try StubCertificates(for: "files.example")
        let context = try certificates.context(newest: version)
        let heard = try await withServer(tls: context) { server in
            await #expect(throws: TransportError.self) {
                _ = try await get(
                    request(server, name: "files.example"),
                    trusting: certificates.root
                )
            }
        }
        #expect(heard.isEmpty)
    }

    @Test func `TLS 1.2 is spoken`() async throws {
        let certificates = try StubCertificates(for: "files.example")
        _ = try await withServer(tls: certificates.context(newest: .tlsv12)) { server in
            let request = request(server, name: "files.example")
            let said = try await get(request, trusting: certificates.root)
            #expect(said == "bytes")
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\n", cut])
    func `a server that falls silent is given up, wherever it does`(said: String) async throws {
        _ = try await withServer(said, thenSilent: true) { server in
            let request = HTTPRequest(Secret("http://127.0.0.1:\(server.port)/x"))
            let error = await #expect(throws: TransportError.self) {
                _ = try await get(request, silence: .milliseconds(100))
            }
            #expect(error?.words == "no word for too long")
        }
    }

    @Test func `a connection that ends too early is no end`() async throws {
        _ = try await withServer(Self.cut) { server in
            let request = HTTPRequest(Secret("http://127.0.0.1:\(server.port)/x"))
            let error = await #expect(throws: TransportError.self) { _ = try await get(request) }
            #expect(error?.kind == .cut)
        }
    }

    /// What clients sent.
    private func withServer(
        _ reply: String = reply,
        tls: NIOSSLContext? = nil,
        thenSilent isSilent: Bool = false,
        _ body: (StubServer) async throws -> Void
    ) async throws -> String {
        let server = try await StubServer(reply, tls: tls, thenSilent: isSilent)
        do {
            try await body(server)
        } catch {
            await server.close()
            throw error
        }
        await server.close()
        return server.heard
    }

    private func request(_ server: StubServer, name: String) -> HTTPRequest {
        var request = HTTPRequest(Secret("https://\(name):\(server.port)/x"))
        request.address = "127.0.0.1"
        return request
    }

    private func get(
        _ request: HTTPRequest,
        trusting root: String? = nil,
        silence: Duration = .seconds(60)
    ) async throws(TransportError) -> String {
        let transport = AsyncHTTPTransport(caFile: root, silence: silence)
        do {
            var answer = try await transport.open(request)
            let bytes = try await answer.bytes(atMost: 1 << 20, SystemTicker())
            await transport.shutdown()
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            await transport.shutdown()
            throw error
        }
    }
}
