package import LarkiveCore

/// Everything larkive has of Feishu, built from its settings: sources, fetcher, counters.
///
/// Must be shut down before it is let go.
package struct FeishuConnection: Sendable {
    /// Whether calls keep to the documented rates; off is for servers on loopback without limits.
    package enum Pacing: Sendable { case on, off }

    package let mail: FeishuMailSource
    package let tasks: FeishuTaskSource
    package let fetcher: FeishuFetcher
    package let doctor: FeishuDoctor
    package let discovery: FeishuDiscovery
    private let login: LoginFlow?
    private let box: CounterBox
    private let transport: AsyncHTTPTransport

    /// Connects to nothing yet.
    ///
    /// Acts for the tenant, or for the user who logged in, if one is given.
    /// Download links may lead to `linkHosts` and what lies under them; to anywhere when there are
    /// none, unless all goes through a `proxy`, which they do not see behind. `caFile` holds
    /// certificates (PEM) to trust instead of the system's. At most `parallel` downloads run at once.
    package init(
        baseURL: BaseURL,
        appID: String,
        appSecret: Secret<String>,
        user: UserIdentity? = nil,
        pacing: Pacing = .on,
        linkHosts: [String] = [],
        caFile: String? = nil,
        proxy: ProxyAddress? = nil,
        parallel: Int = 8
    ) {
        transport = AsyncHTTPTransport(caFile: caFile, proxy: proxy, parallel: parallel)
        box = CounterBox()
        let parts = FeishuParts(
            base: baseURL,
            app: AppCredentials(id: appID, secret: appSecret),
            user: user,
            isPaced: pacing == .on,
            linkGuard: LinkGuard(
                allowsLoopback: baseURL.isLoopback,
                hosts: linkHosts,
                mustBeListed: proxy != nil
            ),
            resolver: proxy == nil ? SystemResolver() : nil,
            parallel: parallel,
            transport: transport,
            ticker: SystemTicker(),
            jitter: .system,
            counters: box
        )
        (mail, tasks, fetcher) = (parts.mail, parts.tasks, parts.fetcher)
        doctor = parts.doctor
        (discovery, login) = (parts.discovery, parts.login)
    }

    /// Exchanges the code that a browser brought for a login, and keeps it.
    package func logIn(
        _ request: LoginRequest,
        code: Secret<String>
    ) async throws(SourceError) -> UserLogin {
        guard let login else { throw SourceError(.credentials, "login: no user identity is set") }
        return try await login.complete(request, code: code)
    }

    /// What was done so far.
    package var counters: ConnectionCounters { box.snapshot }

    /// Closes all connections; nothing may be asked afterwards.
    package func shutdown() async { await transport.shutdown() }
}

/// What acting for a user takes.
package struct UserIdentity: Sendable {
    let store: LoginStore
    package let addresses: OAuthAddresses
    let clock: any WallClock

    package init(store: LoginStore, addresses: OAuthAddresses, clock: any WallClock) {
        self.store = store
        self.addresses = addresses
        self.clock = clock
    }
}

/// The parts over any transport and any clock.
struct FeishuParts: Sendable {
    let mail: FeishuMailSource
    let tasks: FeishuTaskSource
    let fetcher: FeishuFetcher
    let doctor: FeishuDoctor
    let discovery: FeishuDiscovery
    let login: LoginFlow?

    init(
        base: BaseURL,
        app: AppCredentials,
        user: UserIdentity? = nil,
        isPaced: Bool,
        linkGuard: LinkGuard,
        resolver: (any Resolver)?,
        parallel: Int = 8,
        transport: any Transport,
        ticker: any Ticker,
        jitter: Jitter,
        counters: CounterBox
    ) {
        let budget = RetryBudget()
        let courier = Courier(
            base: base,
            transport: transport,
            limiters: RateLimiters(isPaced: isPaced, ticker),
            ticker: ticker,
            jitter: jitter,
            counters: counters,
            budget: budget
        )
        let client = FeishuClient(courier, Self.issuer(app, user, courier))
        let desk = LeaseDesk()
        let download = LinkDownload(
            transport: transport,
            linkGuard: linkGuard,
            counters: counters,
            resolver: resolver,
            ticker: ticker,
            budget: budget
        )
        let tools = FetchTools(
            mint: LeaseMint(client),
            download: download,
            ticker: ticker,
            jitter: jitter,
            budget: budget,
            slots: Slots(parallel),
            pauses: HostPauses(ticker)
        )
        mail = FeishuMailSource(client)
        tasks = FeishuTaskSource(client, desk)
        fetcher = FeishuFetcher(tools, desk)
        doctor = FeishuDoctor(mail, ticker, counters)
        discovery = FeishuDiscovery(client)
        login = user.map { LoginFlow(app: app, user: $0, courier: courier) }
    }

    private static func issuer(
        _ app: AppCredentials,
        _ user: UserIdentity?,
        _ courier: Courier
    ) -> any TokenIssuer {
        guard let user else { return TenantIssuer(app, courier) }
        return UserIssuer(app: app, user: user, courier: courier)
    }
}
