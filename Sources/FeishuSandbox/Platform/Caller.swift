/// Who calls: the app itself, or the app in the name of the user.
enum Caller: Equatable {
    case nobody
    case app
    /// With what the user has granted.
    case user(scopes: Set<String>)
}

extension Endpoint {
    /// Called without a token: here tokens come from, and links are their own right.
    var isOpen: Bool {
        [.tenantToken, .authorize, .userToken, .link].contains(self)
    }

    /// Source: the pages of these endpoints, which name no other token.
    fileprivate var needsUser: Bool { [.userInfo, .myTasks].contains(self) }
}

extension Platform {
    /// Reads the token: it is looked at before anything else.
    func caller(_ visit: Visit) throws(APIError) -> Caller {
        let endpoint = visit.route.endpoint
        guard !endpoint.isOpen else { return .nobody }
        let header = visit.call.authorization ?? ""
        guard header.hasPrefix("Bearer ") else { throw .noToken }
        let token = String(header.dropFirst("Bearer ".count))
        guard !token.isEmpty else { throw .noToken }
        guard !token.hasPrefix("u-") else { return try user(token, at: visit.now) }
        guard token.hasPrefix("t-") else { throw .badTokenKind }
        guard tokens.isGood(token, at: visit.now), !endpoint.needsUser else {
            throw .badTenantToken
        }
        return .app
    }

    private func user(_ token: String, at now: Moment) throws(APIError) -> Caller {
        switch users.check(token, at: now) {
        case .good(let scopes): return .user(scopes: scopes)
        case .expired: throw .expiredUserToken
        case .unknown: throw .badUserToken
        }
    }

    /// What the caller may do: a user's token can do no more than the app.
    func scopes(of visit: Visit) -> Set<World.Scope> {
        guard case .user(let granted) = visit.caller else { return world.app.scopes }
        return world.app.scopes.filter { !granted.isDisjoint(with: $0.names) }
    }

    func need(_ scope: World.Scope, _ visit: Visit) throws(APIError) {
        guard world.app.scopes.contains(scope) else { throw .lacksScope(scope) }
        guard scopes(of: visit).contains(scope) else { throw .notGranted(scope) }
    }
}
