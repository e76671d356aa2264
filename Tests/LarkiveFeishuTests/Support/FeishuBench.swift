import LarkiveCore
import Testing

@testable import LarkiveFeishu

/// All parts over a script: no network, and time that does not pass by itself.
struct FeishuBench {
    let transport: ScriptedTransport
    let ticker: StepTicker
    let counters = CounterBox()
    let parts: FeishuParts

    /// The token call is answered unless the script wants to.
    init(
        isPaced: Bool = false,
        hosts: [String] = [],
        resolver: (any Resolver)? = ScriptedResolver(),
        parallel: Int = 8,
        ticker: StepTicker = StepTicker(),
        answersToken: Bool = true,
        user: UserIdentity? = nil,
        _ script: @escaping ScriptedTransport.Script
    ) throws {
        self.ticker = ticker
        transport = ScriptedTransport { asked in
            answersToken && asked.isFor("tenant_access_token") ? .token : script(asked)
        }
        parts = FeishuParts(
            base: try #require(BaseURL("https://open.feishu.cn")),
            app: AppCredentials(id: "cli_1", secret: Secret("s3cret")),
            user: user,
            isPaced: isPaced,
            linkGuard: LinkGuard(
                allowsLoopback: false,
                hosts: hosts,
                mustBeListed: resolver == nil
            ),
            resolver: resolver,
            parallel: parallel,
            transport: transport,
            ticker: ticker,
            jitter: .half,
            counters: counters
        )
    }

    var client: FeishuClient { parts.mail.client }

    func waited(_ body: () async throws -> Void) async rethrows -> Duration {
        let start = ticker.now
        try await body()
        return ticker.now - start
    }
}

extension Identifier where Subject == Mailbox {
    static func sample() throws -> Self { try #require(Mailbox.address("a@corp.example")) }
}

extension Identifier {
    static func sample(_ text: String) throws -> Self { try #require(Self(text)) }
}
