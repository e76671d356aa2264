/// A login's tokens, for tests that need one and do not test the login.
package struct SandboxLogin: Sendable {
    package let access: String
    /// Nil without `offline_access`.
    package let refresh: String?
}

extension SandboxServer {
    /// Tokens as a login would bring them; nil when the world has no user.
    ///
    /// Without `scopes`, all that the user grants.
    package func signIn(scopes: Set<String>? = nil) -> SandboxLogin? {
        let now = clock.now
        let tokens = withPlatform { $0.signIn(scopes, at: now) }
        return tokens.map { SandboxLogin(access: $0.access, refresh: $0.refresh) }
    }

    /// Ends every login of the user before its time.
    package func revokeUser() { withPlatform { $0.revokeUser() } }
}
