import LarkiveCore

/// A token with the time at which another one should be asked for.
struct TokenGrant: Sendable {
    let token: Secret<String>
    let renewal: Duration
}

/// Gets tokens from where an identity has them.
///
/// Is never asked twice at the same time by one connection.
protocol TokenIssuer: Sendable {
    /// A token that works; another one than `refused`, if the platform would not take that one.
    func grant(instead refused: Secret<String>?) async throws(FeishuError) -> TokenGrant
}

/// The access token of a connection, fetched once for all callers and renewed before it expires.
///
/// A refusal that only a human can lift is remembered: asking again would not help, and a platform
/// that is asked again and again may lock the app out.
actor AccessToken {
    private let issuer: any TokenIssuer
    private let ticker: any Ticker
    private var grant: TokenGrant?
    private var refused: Secret<String>?
    private var refusal: FeishuError?
    private var refusals: [Endpoint: FeishuError] = [:]
    private var fetching: Task<Result<TokenGrant, FeishuError>, Never>?

    init(_ issuer: any TokenIssuer, _ ticker: any Ticker) {
        self.issuer = issuer
        self.ticker = ticker
    }

    /// The token to send to an endpoint.
    func current(for endpoint: Endpoint) async throws(FeishuError) -> Secret<String> {
        if let refusal = refusal ?? refusals[endpoint] { throw refusal }
        if let grant, ticker.now < grant.renewal { return grant.token }
        return try await fetched().token
    }

    /// Forgets a token that was refused, unless it has been replaced already.
    func drop(_ token: Secret<String>) {
        guard grant?.token.reveal() == token.reveal() else { return }
        (grant, refused) = (nil, token)
    }

    /// Remembers an endpoint that refused a new token as well.
    func giveUp(on endpoint: Endpoint, _ error: FeishuError) { refusals[endpoint] = error }

    private func fetched() async throws(FeishuError) -> TokenGrant {
        while true {
            if let refusal { throw refusal }
            let task = fetching ?? begin()
            let result = await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
            if fetching == task { finish(result) }
            // Another caller's cancellation is not ours.
            if case .failure(let error) = result, error.meaning == .interrupted, !Task.isCancelled {
                continue
            }
            return try result.get()
        }
    }

    private func begin() -> Task<Result<TokenGrant, FeishuError>, Never> {
        let (issuer, refused) = (issuer, refused)
        let task = Task { await Self.fetch(issuer, instead: refused) }
        fetching = task
        return task
    }

    private func finish(_ result: Result<TokenGrant, FeishuError>) {
        fetching = nil
        switch result {
        case .success(let grant): (self.grant, refused) = (grant, nil)
        case .failure(let error) where error.meaning == .credentials: refusal = error
        case .failure: break
        }
    }

    private static func fetch(
        _ issuer: any TokenIssuer,
        instead refused: Secret<String>?
    ) async -> Result<TokenGrant, FeishuError> {
        do throws(FeishuError) {
            return .success(try await issuer.grant(instead: refused))
        } catch {
            return .failure(error)
        }
    }
}
