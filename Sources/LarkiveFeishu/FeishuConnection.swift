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
    private let box: CounterBox
    private let transport: AsyncHTTPTransport

    /// Connects to nothing yet.
    ///
    /// Download links may lead to `linkHosts` and what lies under them; to anywhere when there are
    /// none. `caFile` holds certificates (PEM) to trust instead of the system's.
    package init(
        baseURL: BaseURL,
        appID: String,
        appSecret: Secret<String>,
        pacing: Pacing = .on,
        linkHosts: [String] = [],
        caFile: String? = nil
    ) {
        transport = AsyncHTTPTransport(caFile: caFile)
        box = CounterBox()
        let parts = FeishuParts(
            base: baseURL,
            app: AppCredentials(id: appID, secret: appSecret),
            isPaced: pacing == .on,
            linkGuard: LinkGuard(allowsLoopback: baseURL.isLoopback, hosts: linkHosts),
            transport: transport,
            ticker: SystemTicker(),
            jitter: .system,
            counters: box
        )
        (mail, tasks, fetcher) = (parts.mail, parts.tasks, parts.fetcher)
        doctor = parts.doctor
    }

    /// What was done so far.
    package var counters: ConnectionCounters { box.snapshot }

    /// Closes all connections; nothing may be asked afterwards.
    package func shutdown() async { await transport.shutdown() }
}

/// The parts over any transport and any clock.
struct FeishuParts: Sendable {
    let mail: FeishuMailSource
    let tasks: FeishuTaskSource
    let fetcher: FeishuFetcher
    let doctor: FeishuDoctor

    init(
        base: BaseURL,
        app: AppCredentials,
        isPaced: Bool,
        linkGuard: LinkGuard,
        transport: any Transport,
        ticker: any Ticker,
        jitter: Jitter,
        counters: CounterBox
    ) {
        let courier = Courier(
            base: base,
            transport: transport,
            limiters: RateLimiters(isPaced: isPaced, ticker),
            ticker: ticker,
            jitter: jitter,
            counters: counters
        )
        let client = FeishuClient(courier, app)
        let desk = LeaseDesk()
        let download = LinkDownload(
            transport: transport,
            linkGuard: linkGuard,
            counters: counters
        )
        let tools = FetchTools(
            mint: LeaseMint(client),
            download: download,
            ticker: ticker,
            jitter: jitter
        )
        mail = FeishuMailSource(client)
        tasks = FeishuTaskSource(client, desk)
        fetcher = FeishuFetcher(tools, desk)
        doctor = FeishuDoctor(mail, ticker, counters)
    }
}
