import LarkiveCore

/// What an app of the tenant calls itself.
struct AppCredentials: Sendable {
    let id: String
    let secret: Secret<String>
}

/// Gets the tenant's token for an app; it is kept in memory only.
///
/// Source: the page on tenant_access_token of a self-built app; while half an hour is left the
/// platform hands the same token out again, so renewing early costs nothing.
struct TenantIssuer: TokenIssuer {
    /// Calls on their way when a token expires should still arrive.
    static let early = Duration.seconds(300)

    private let app: AppCredentials
    private let courier: Courier

    init(_ app: AppCredentials, _ courier: Courier) {
        self.app = app
        self.courier = courier
    }

    func grant(instead refused: Secret<String>?) async throws(FeishuError) -> TokenGrant {
        let body: JSON = .object([
            "app_id": .string(app.id), "app_secret": .string(app.secret.reveal()),
        ])
        return try TokenGrant(
            tenant: try await courier.answer(to: FeishuCall(.tenantToken).with(body: body))
        )
    }
}

extension TokenGrant {
    /// The answer is flat: there is no `data`.
    fileprivate init(tenant answer: FeishuAnswer) throws(FeishuError) {
        guard let token = answer.object["tenant_access_token"]?.string.flatMap(AccessText.init),
            let seconds = answer.object["expire"]?.integer, (1...604_800).contains(seconds)
        else { throw .malformed(.tenantToken, "the answer holds no token") }
        let life = Duration.seconds(seconds)
        self.token = token.secret
        renewal = answer.sent + max(life - TenantIssuer.early, life / 2)
    }
}

/// Text that can stand in an Authorization header: printable ASCII without spaces.
struct AccessText: Sendable {
    /// Documentation says to reserve 4 KiB.
    static let longest = 16_384

    let secret: Secret<String>

    init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Self.longest,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        secret = Secret(text)
    }
}
