/// What a person has agreed to.
struct Grant: Sendable {
    let clientID: String
    let scopes: Set<String>
    /// When the consent ends for good.
    let ends: Moment
}

/// A pair of tokens; the refresh token is nil when none was asked for.
struct UserTokens: Sendable {
    let access: String
    let accessLife: Duration
    let refresh: String?
    let refreshLife: Duration
    let scopes: Set<String>
}

/// Hands out user tokens and knows which are good.
///
/// Sources: the pages on getting and on refreshing a `user_access_token`.
struct UserDesk: Sendable {
    enum Check: Equatable {
        case good(Set<String>)
        case expired
        case unknown
    }

    private enum Fate: Sendable {
        case live
        case used
        case revoked
    }

    private struct Refresh: Sendable {
        let grant: Grant
        let expires: Moment
        var fate = Fate.live
    }

    private var generator: SeededGenerator
    private var access: [String: (scopes: Set<String>, expires: Moment)] = [:]
    private var refreshes: [String: Refresh] = [:]
    var codes: [String: AuthorizationCode] = [:]
    /// Scopes that were granted before are part of every later token.
    var granted: Set<String> = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed ^ StableHash.value("users")) }

    mutating func newCode() -> String { generator.token(64) }

    func check(_ token: String, at now: Moment) -> Check {
        guard let (scopes, expires) = access[token] else { return .unknown }
        return now < expires ? .good(scopes) : .expired
    }

    /// Issues a pair; as on the page, an access token is long.
    mutating func issue(
        _ grant: Grant,
        narrowed scopes: Set<String>? = nil,
        to user: World.User,
        isRefreshable: Bool,
        at now: Moment
    ) -> UserTokens {
        let scopes = scopes ?? grant.scopes
        let token = "u-" + generator.token(1198)
        access[token] = (scopes, now.advanced(by: user.accessLife))
        let life = min(user.refreshLife, now.duration(to: grant.ends))
        var refresh: String?
        if isRefreshable, grant.scopes.contains("offline_access") {
            let token = "ur-" + generator.token(509)
            refreshes[token] = Refresh(grant: grant, expires: now.advanced(by: life))
            refresh = token
        }
        return UserTokens(
            access: token,
            accessLife: user.accessLife,
            refresh: refresh,
            refreshLife: life,
            scopes: scopes
        )
    }

    /// Looks at a refresh token without using it up.
    func grant(of refresh: String, for client: String, at now: Moment) throws(OAuthError) -> Grant {
        guard let known = refreshes[refresh] else { throw .unknownRefresh }
        guard known.grant.clientID == client else { throw .otherClient }
        switch known.fate {
        case .used: throw .refreshUsed
        case .revoked: throw .refreshRevoked
        case .live: break
        }
        guard now < known.expires else { throw .refreshExpired }
        return known.grant
    }

    /// The token dies at once; the access token issued with it lives on.
    mutating func use(_ refresh: String) { refreshes[refresh]?.fate = .used }

    /// Ends every login, as an administrator can.
    mutating func revokeAll() {
        access = [:]
        codes = [:]
        granted = []
        for (token, known) in refreshes where known.fate == .live {
            refreshes[token]?.fate = .revoked
        }
    }
}
