import ArgumentParser
import FeishuSandbox

/// A pretended Feishu on 127.0.0.1, for tests and for trying larkive out.
@main
struct FeishuSandboxProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feishu-sandbox",
        abstract: "Pretend to be Feishu on 127.0.0.1.",
        discussion: "Prints 'listening on http://127.0.0.1:PORT' when ready; TERM or INT stops it."
    )

    @Option(help: "Port to listen on; 0 chooses a free one.")
    var port = 0

    @OptionGroup(title: "World")
    var worldOptions: WorldOptions

    @OptionGroup(title: "App")
    var appOptions: AppOptions

    @Option(help: "Whether calls beyond the documented rates are refused: on or off.")
    var tiers: Switch = .off

    func validate() throws {
        guard UInt16(exactly: port) != nil else {
            throw ValidationError("port must be a number from 0 to 65535")
        }
    }

    func run() async throws {
        let stopSignals = StopSignals()
        let world = appOptions.apply(to: try worldOptions.read())
        let server = try await SandboxServer.start(
            world: world,
            tiers: tiers == .on,
            port: port
        )
        StandardOutput.say("listening on \(server.baseURL)")
        await stopSignals.first()
        await server.stop()
    }
}

enum Switch: String, ExpressibleByArgument, CaseIterable {
    case on
    case off
}
