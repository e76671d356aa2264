extension Platform {
    /// The flat answer of `oauth/token`, in both its versions.
    ///
    /// Sources: the pages on getting and on refreshing a `user_access_token`.
    mutating func userToken(_ visit: Visit) -> Answer {
        do throws(OAuthError) {
            let tokens = try tokens(for: try OAuthRequest(visit.call), visit)
            return .json(200, tokens.json, logID: visit.logID)
        } catch {
            if error == .refreshUsed { counters.refreshReuse += 1 }
            return error.answer(logID: visit.logID)
        }
    }

    /// Tokens as a login would bring them, without one; nil when there is no user.
    mutating func signIn(_ scopes: Set<String>? = nil, at now: Moment) -> UserTokens? {
        guard let user = world.user else { return nil }
        let all = Set(World.Scope.allCases.map(\.rawValue) + ["offline_access"])
        return issue(scopes ?? user.granted ?? all, to: user, client: world.app.id, at: now)
    }

    private mutating func tokens(
        for request: OAuthRequest,
        _ visit: Visit
    ) throws(OAuthError) -> UserTokens {
        let kind = try request.needed("grant_type")
        try checkClient(request, visit)
        switch kind {
        case "authorization_code": return try redeem(request, at: visit.now)
        case "refresh_token": return try refresh(request, at: visit.now)
        default: throw .badGrantType
        }
    }

    private func checkClient(_ request: OAuthRequest, _ visit: Visit) throws(OAuthError) {
        guard visit.call.authorization == nil || request["client_secret"] == nil else {
            throw .twoClientAuths
        }
        guard let secret = world.app.secret(of: try request.needed("client_id")) else {
            throw .unknownClient
        }
        guard try request.needed("client_secret") == secret else { throw .badSecret }
        guard !world.app.isDisabled else { throw .appDisabled }
    }

    private mutating func redeem(
        _ request: OAuthRequest,
        at now: Moment
    ) throws(OAuthError) -> UserTokens {
        let text = try request.needed("code")
        guard let code = users.codes[text] else { throw .unknownCode }
        try code.redeem(request, at: now)
        let narrowed = try request.scopes(within: code.scopes.union(users.granted))
        guard let user = world.user else { throw .userGone }
        users.codes[text]?.isUsed = true
        return issue(code.scopes, narrowed: narrowed, to: user, client: code.clientID, at: now)
    }

    private mutating func refresh(
        _ request: OAuthRequest,
        at now: Moment
    ) throws(OAuthError) -> UserTokens {
        let text = try request.needed("refresh_token")
        let grant = try users.grant(of: text, for: try request.needed("client_id"), at: now)
        guard world.app.mayRefresh else { throw .mayNotRefresh }
        let narrowed = try request.scopes(within: grant.scopes)
        guard let user = world.user else { throw .userGone }
        users.use(text)
        return users.issue(grant, narrowed: narrowed, to: user, isRefreshable: true, at: now)
    }

    /// Scopes add up over logins; a refresh token comes only when this one asks for it.
    private mutating func issue(
        _ scopes: Set<String>,
        narrowed: Set<String>? = nil,
        to user: World.User,
        client: String,
        at now: Moment
    ) -> UserTokens {
        users.granted.formUnion(scopes)
        let start = user.consentStart ?? now
        let ends = start.advanced(by: .seconds(user.consentDays * 86_400))
        let grant = Grant(clientID: client, scopes: users.granted, ends: ends)
        let isRefreshable = world.app.mayRefresh && scopes.contains("offline_access")
        return users.issue(
            grant,
            narrowed: narrowed,
            to: user,
            isRefreshable: isRefreshable,
            at: now
        )
    }
}

extension UserTokens {
    var json: WireJSON {
        var json: WireJSON = [
            "code": 0, "access_token": .string(access),
            "expires_in": .int(accessLife.milliseconds / 1000),
        ]
        if let refresh {
            json.append("refresh_token", .string(refresh))
            json.append("refresh_token_expires_in", .int(refreshLife.milliseconds / 1000))
        }
        json.append("token_type", "Bearer")
        json.append("scope", .string(scopes.sorted().joined(separator: " ")))
        return json
    }
}
