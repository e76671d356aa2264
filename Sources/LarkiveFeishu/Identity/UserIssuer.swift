import LarkiveCore

/// Gets a user's token from the token file, and a new pair from the platform when it must.
///
/// A refresh token works once, so that one process refreshes at a time, looks into the file again
/// once it may, and stores the new pair durably before anything is asked with it.
/// Dying before the call leaves the old pair, which works; dying between the platform's answer and
/// the rename leaves an access token that works until its end and a refresh token that is used
/// up: then somebody has to log in again. Nothing is ever deleted.
struct UserIssuer: TokenIssuer {
    /// Calls on their way when a token expires should still arrive; half the life of a shorter one.
    static let early: Double = 300

    let app: AppCredentials
    let user: UserIdentity
    let courier: Courier

    private var store: LoginStore { user.store }
    private var clock: any WallClock { user.clock }

    func grant(instead refused: Secret<String>?) async throws(FeishuError) -> TokenGrant {
        if let grant = grant(of: try stored(), instead: refused) { return grant }
        let lock = try await store.lock(courier.ticker)
        defer { lock.release() }
        let login = try stored()
        // Another process may have refreshed while this one waited.
        if let grant = grant(of: login, instead: refused) { return grant }
        return try await refreshed(login, instead: refused)
    }

    private func stored() throws(FeishuError) -> UserLogin {
        do {
            return try store.login()
        } catch {
            throw FeishuError(error)
        }
    }

    /// Nil when the access token is too old or was refused.
    private func grant(of login: UserLogin, instead refused: Secret<String>?) -> TokenGrant? {
        let tokens = login.tokens
        let life = tokens.accessEnd.seconds(since: tokens.issued)
        return grant(tokens, early: min(Self.early, life / 2), instead: refused)
    }

    private func grant(
        _ tokens: UserTokens,
        early: Double,
        instead refused: Secret<String>?
    ) -> TokenGrant? {
        let left = tokens.accessEnd.seconds(since: clock.now()) - early
        guard left > 0, refused?.reveal() != tokens.access.reveal() else { return nil }
        return TokenGrant(token: tokens.access, renewal: courier.ticker.now + .seconds(left))
    }

    /// A login that can no longer be renewed is still good for as long as its access token lives.
    private func refreshed(
        _ login: UserLogin,
        instead refused: Secret<String>?
    ) async throws(FeishuError) -> TokenGrant {
        do {
            return try await exchanged(login)
        } catch {
            if let last = grant(login.tokens, early: 0, instead: refused) { return last }
            throw error
        }
    }

    /// Once the refresh token is on its way nothing may interrupt before the new one is stored.
    private func exchanged(_ login: UserLogin) async throws(FeishuError) -> TokenGrant {
        guard !Task.isCancelled else { throw .interrupted(.userToken) }
        return try await Task { await exchange(login) }.value.get()
    }

    private func exchange(_ login: UserLogin) async -> Result<TokenGrant, FeishuError> {
        do throws(FeishuError) {
            try reserve()
            let call = FeishuCall.refresh(login, app, at: user.addresses.token)
            let now = clock.now()
            let fresh = login.with(try UserTokens(try await courier.answer(to: call), at: now))
            try keep(fresh)
            guard let grant = grant(of: fresh, instead: nil) else {
                throw .malformed(.userToken, "the new token is too old already")
            }
            return .success(grant)
        } catch {
            return .failure(error)
        }
    }

    /// A full disk is found out before the old token is spent.
    private func reserve() throws(FeishuError) {
        do {
            try store.file.reserve(LoginStore.reserve)
        } catch {
            throw FeishuError(error)
        }
    }

    private func keep(_ login: UserLogin) throws(FeishuError) {
        do {
            try store.keep(login)
        } catch {
            throw .lost(error)
        }
    }
}
