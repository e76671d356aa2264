import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A Feishu on loopback, for tests in the same process and for the program `feishu-sandbox`.
///
/// Listens on 127.0.0.1 and nowhere else. Safe to use from anywhere.
package final class SandboxServer: Sendable {
    package let port: Int
    package let clock: SandboxClock
    private let desk: SandboxDesk
    private let running: Task<Void, Never>

    package var baseURL: String { Self.address(port) }

    /// Returns once connections are accepted; port 0 chooses a free one.
    package static func start(
        world: World,
        tiers: Bool = false,
        port: Int = 0,
        clock: SandboxClock = SandboxClock()
    ) async throws -> SandboxServer {
        let platform = Platform(world: world, tiers: tiers, baseURL: address(port))
        let desk = SandboxDesk(platform, clock: clock)
        let (ports, sink) = AsyncThrowingStream<Int, any Error>.makeStream()
        let application = application(desk, port: port) { sink.yield($0) }
        let running = Task {
            do {
                try await application.run()
                sink.finish()
            } catch {
                sink.finish(throwing: error)
            }
        }
        guard let bound = try await ports.first(where: { _ in true }) else {
            throw SandboxFailure.notListening
        }
        desk.withPlatform { $0.baseURL = address(bound) }
        return SandboxServer(port: bound, clock: clock, desk: desk, running: running)
    }

    private init(port: Int, clock: SandboxClock, desk: SandboxDesk, running: Task<Void, Never>) {
        self.port = port
        self.clock = clock
        self.desk = desk
        self.running = running
    }

    /// Closes the port and every connection.
    package func stop() async {
        running.cancel()
        await running.value
    }

    private static func address(_ port: Int) -> String { "http://127.0.0.1:\(port)" }

    private static func application(
        _ desk: SandboxDesk,
        port: Int,
        onListening: @escaping @Sendable (Int) -> Void
    ) -> some ApplicationProtocol {
        var quiet = Logger(label: "feishu-sandbox")
        quiet.logLevel = .critical
        return Application(
            responder: SandboxResponder(desk: desk),
            server: .http1(configuration: .init(additionalChannelHandlers: [DateLineInstaller()])),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
            logger: quiet
        )
    }
}

package enum SandboxFailure: Error {
    case notListening
}

extension SandboxServer {
    package func counters() -> SandboxCounters { desk.withPlatform { $0.counters } }

    package func resetCounters() { desk.withPlatform { $0.resetCounters() } }

    /// Every attachment that a complete archive must hold; digests are made now, if at all.
    package func truth(as identity: SandboxIdentity = .tenant) -> [TruthLine] {
        desk.truth(as: identity)
    }

    /// Replaces the faults in force, and forgets how often the old ones were met.
    package func setFaults(_ faults: [SandboxFault]) { desk.withPlatform { $0.setFaults(faults) } }

    /// Lets random faults begin, or nil to end them.
    package func setStorm(_ storm: FaultStorm?) { desk.withPlatform { $0.storm = storm } }

    /// Lets every token die before its time.
    package func revokeTokens() { desk.withPlatform { $0.revokeTokens() } }

    package var world: World { desk.withPlatform { $0.world } }

    /// Changes the world between two requests.
    package func change<Result: Sendable>(
        _ body: @Sendable (inout World) throws -> sending Result
    ) rethrows -> Result {
        try desk.withPlatform { try body(&$0.world) }
    }

    func withPlatform<Result: Sendable>(
        _ body: (inout Platform) throws -> sending Result
    ) rethrows -> Result {
        try desk.withPlatform(body)
    }
}
