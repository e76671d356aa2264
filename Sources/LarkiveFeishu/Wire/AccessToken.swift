import LarkiveCore

/// The tenant's access token, fetched once for all callers and renewed before it expires.
///
/// Kept in memory only. Source: the page on tenant_access_token of a self-built app; while half an
/// hour is left the platform hands the same token out again, so renewing early costs nothing.
actor AccessToken {
    /// Calls on their way when a token expires should still arrive.
    static let early = Duration.seconds(300)

    fileprivate struct Grant {
        let token: Secret<String>
        let renewal: Duration
    }

    private let app: AppCredentials
    private let courier: Courier
    private var grant: Grant?
    private var fetching: Task<Result<Grant, FeishuError>, Never>?

    init(_ app: AppCredentials, _ courier: Courier) {
        self.app = app
        self.courier = courier
    }

    func current() async throws(FeishuError) -> Secret<String> {
        if let grant, courier.ticker.now < grant.renewal { return grant.token }
        return try await fetched().token
    }

    /// Forgets a token that was refused, unless it has been replaced already.
    func drop(_ token: Secret<String>) {
        if grant?.token.reveal() == token.reveal() { grant = nil }
    }

    private func fetched() async throws(FeishuError) -> Grant {
        while true {
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

    private func begin() -> Task<Result<Grant, FeishuError>, Never> {
        let (app, courier) = (app, courier)
        let task = Task { await Self.fetch(app, courier) }
        fetching = task
        return task
    }

    private func finish(_ result: Result<Grant, FeishuError>) {
        fetching = nil
        if case .success(let grant) = result { self.grant = grant }
    }

    private static func fetch(
        _ app: AppCredentials,
        _ courier: Courier
    ) async -> Result<Grant, FeishuError> {
        do throws(FeishuError) {
            let call = FeishuCall(.tenantToken).with(body: app.json)
            return .success(try Grant(try await courier.answer(to: call)))
        } catch {
            return .failure(error)
        }
    }
}

/// What an app of the tenant calls itself.
struct AppCredentials: Sendable {
    let id: String
    let secret: Secret<String>

    fileprivate var json: JSON {
        .object(["app_id": .string(id), "app_secret": .string(secret.reveal())])
    }
}

extension AccessToken.Grant {
    /// The answer is flat: there is no `data`.
    fileprivate init(_ answer: FeishuAnswer) throws(FeishuError) {
        guard let token = answer.object["tenant_access_token"]?.string, !token.isEmpty,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let seconds = answer.object["expire"]?.integer, (1...604_800).contains(seconds)
        else { throw .malformed(.tenantToken, "the answer holds no token") }
        let life = Duration.seconds(seconds)
        self.token = Secret(token)
        renewal = answer.sent + max(life - AccessToken.early, life / 2)
    }
}
