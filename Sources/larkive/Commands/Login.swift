import ArgumentParser
import LarkiveCore
import LarkiveFeishu

struct Login: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Let a user agree that larkive acts for them, for `feishu.identity: user`.",
        discussion: """
            Waits five minutes for the browser to come back to 127.0.0.1. On another machine's \
            browser use --no-browser, and paste the address at which it ends up.
            """
    )
    /// Has to be registered with the app, so that it does not change.
    static let usualPort: UInt16 = 53_682
    static let patience = 300

    @OptionGroup var options: CommonOptions
    @Flag(help: "Open no browser; an address may be pasted here instead.") var noBrowser = false
    @Option(help: "Where to listen on 127.0.0.1; 0 for any free port.") var port = Login.usualPort

    func run() async throws {
        let world = try World.live(options)
        guard let identity = try world.userIdentity() else {
            throw UsageError(
                "\(world.configPath): larkive acts for the tenant, nobody has to log in",
                hint: "set `feishu.identity: user` to act for a user"
            )
        }
        try await world.withConnection(needsLogin: false) { connection in
            let listener = try RedirectListener(port: port, readsInput: noBrowser)
            let request = LoginQuestion.make(world.config, port: listener.port)
            ask(request.url(world.config.feishu.appID, at: identity.addresses), request, world)
            let code = try code(listener, request)
            show(try await connection.logIn(request, code: code), world)
        }
    }

    private func ask(_ url: String, _ request: LoginRequest, _ world: World) {
        Terminal.note("the app needs this redirect URL (console, Security Settings):")
        Terminal.note("  \(request.redirect)")
        Terminal.note("open this address in a browser and agree:")
        Terminal.print(url)
        if noBrowser {
            Terminal.note("then paste here the address at which the browser ends up")
        } else if Browser.isThere(world.environment) {
            Browser.open(url)
        }
    }

    private func code(
        _ listener: RedirectListener,
        _ request: LoginRequest
    ) throws -> Secret<String> {
        let reply = listener.wait(seconds: Self.patience) { text in Self.judge(text, request) }
        guard let reply else {
            throw UsageError(
                "nobody agreed within 5 minutes",
                hint: "run it again",
                exitCode: .human
            )
        }
        return try reply.get()
    }

    /// What is not an answer to this question is waited past: it must not end the login.
    private static func judge(
        _ text: String,
        _ request: LoginRequest
    ) -> (found: Result<Secret<String>, UsageError>?, page: LoginPage) {
        switch request.reply(in: text) {
        case .code(let code): return (.success(code), .thanks)
        case .denied(let words):
            let failure = UsageError(
                "the login was not granted: \(words)",
                hint: "run it again and agree, or ask an administrator to allow the app",
                exitCode: .human
            )
            return (.failure(failure), .denied)
        case .foreign:
            Terminal.note("an answer that belongs to another login was not used")
            return (nil, .foreign)
        case .other: return (nil, .nothing)
        }
    }

    private func show(_ login: UserLogin, _ world: World) {
        let ends = Consent(login, at: world.clock.now()).ends.date
        Terminal.print("logged in  \(login.person.rawValue.shown)")
        if let address = login.address {
            Terminal.print("mailbox    \(address.rawValue.shown)")
        }
        Terminal.print("consent    until \(ends)")
    }
}
