import LarkiveTesting
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on loopback that sends the same bytes to everybody, over TLS or plain, and may then
/// fall silent instead of closing.
final class StubServer: Sendable {
    private let channel: any Channel
    private let log: StubLog

    var port: Int { channel.localAddress?.port ?? 0 }
    /// What clients sent, as it came.
    var heard: String { log.text }

    init(
        _ reply: String,
        tls: NIOSSLContext? = nil,
        thenSilent isSilent: Bool = false
    ) async throws {
        let log = StubLog()
        self.log = log
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(StubReply(reply, isSilent, log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func close() async { try? await channel.close() }
}

private final class StubLog: Sendable {
    private let words = Mutex("")

    var text: String { words.withLock { $0 } }

    func note(_ more: String) { words.withLock { $0 += more } }
}

private final class StubReply: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let reply: String
    private let isSilent: Bool
    private let log: StubLog

    init(_ reply: String, _ isSilent: Bool, _ log: StubLog) {
        self.reply = reply
        self.isSilent = isSilent
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        log.note(String(buffer: unwrapInboundIn(data)))
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reply)), promise: nil)
        if !isSilent { context.close(promise: nil) }
    }

    /// A client that breaks off is what some tests want.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// Certificates made on the spot, by a root of their own.
struct StubCertificates {
    /// The file (PEM) with the root.
    let root: String
    private let folder: String

    /// For `name` alone, in the test's scratch directory.
    init(for name: String) throws {
        folder = ScratchDirectory.path
        root = folder + "/root.pem"
        try openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
                + ["-keyout", folder + "/root.key", "-out", root, "-days", "2"]
                + ["-subj", "/CN=larkive test root"]
        )
        try openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
                + ["-keyout", folder + "/leaf.key", "-out", folder + "/leaf.pem", "-days", "2"]
                + ["-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name]
                + ["-addext", "basicConstraints=critical,CA:FALSE"]
                + ["-CA", root, "-CAkey", folder + "/root.key"]
        )
    }

    func context(newest: TLSVersion? = nil) throws -> NIOSSLContext {
        var settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(folder + "/leaf.pem")
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: folder + "/leaf.key", format: .pem))
        )
        settings.minimumTLSVersion = .tlsv1
        settings.maximumTLSVersion = newest
        return try NIOSSLContext(configuration: settings)
    }

    private func openssl(_ words: [String]) throws {
        let ended = try Child("/usr/bin/openssl", words).wait()
        guard ended.code == 0 else {
            throw StubFailure(words: String(decoding: ended.errors, as: UTF8.self))
        }
    }
}

struct StubFailure: Error { let words: String }
