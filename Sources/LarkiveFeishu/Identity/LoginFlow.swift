import LarkiveCore

/// Turns a code from the browser into a login that is kept.
///
/// Until all is known nothing is stored: a login that fails leaves a former one as it was.
struct LoginFlow: Sendable {
    let app: AppCredentials
    let user: UserIdentity
    let courier: Courier

    private var store: LoginStore { user.store }
    private var clock: any WallClock { user.clock }

    func complete(
        _ request: LoginRequest,
        code: Secret<String>
    ) async throws(SourceError) -> UserLogin {
        do throws(FeishuError) {
            let now = clock.now()
            let call = FeishuCall.exchange(code, request, app, at: user.addresses.token)
            let tokens = try UserTokens(try await courier.answer(to: call), at: now)
            let login = try await identified(tokens, at: now)
            try await keep(login)
            return login
        } catch {
            throw SourceError(error, in: "login")
        }
    }

    /// Source: the page on user_info.
    private func identified(
        _ tokens: UserTokens,
        at now: Timestamp
    ) async throws(FeishuError) -> UserLogin {
        let data = try await courier.answer(to: FeishuCall(.userInfo), token: tokens.access).data
        guard let person = data["open_id"]?.string.flatMap({ Person.ID($0) }) else {
            throw .malformed(.userInfo, "the answer holds no open_id")
        }
        return UserLogin(
            owner: store.owner,
            person: person,
            address: await address(tokens)
                ?? data["enterprise_email"]?.string
                .flatMap(Mailbox.address),
            consented: now,
            tokens: tokens
        )
    }

    /// Nil without the scope, or for a user without a mailbox: not everybody archives mail.
    private func address(_ tokens: UserTokens) async -> Mailbox.ID? {
        let call = FeishuCall(.accessibleMailboxes, "me")
        guard let answer = try? await courier.answer(to: call, token: tokens.access),
            let found = try? ListedMailbox.accessible(answer.data)
        else { return nil }
        return found.first { $0.kind == .primary }?.address
    }

    /// A process that is refreshing the former login must not write over the new one.
    private func keep(_ login: UserLogin) async throws(FeishuError) {
        let lock = try await store.lock(courier.ticker)
        defer { lock.release() }
        do {
            try store.keep(login)
        } catch {
            throw .lost(error)
        }
    }
}
