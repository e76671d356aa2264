/// A refusal of the token endpoint: flat, with `error` beside the code.
///
/// Sources: the pages on getting and on refreshing a `user_access_token`.
struct OAuthError: Error, Equatable {
    let code: Int64
    let error: String
    let text: String

    init(_ code: Int64, _ error: String, _ text: String) {
        self.code = code
        self.error = error
        self.text = text
    }

    func answer(status: Int = 400, logID: String) -> Answer {
        .json(
            status,
            [
                "code": .int(code), "error": .string(error), "error_description": .string(text),
            ],
            logID: logID
        )
    }
}

extension OAuthError {
    static func missing(_ what: String) -> OAuthError {
        OAuthError(20_001, "invalid_request", "a parameter is missing or wrong: \(what)")
    }

    static let badSecret = OAuthError(20_002, "invalid_client", "the client secret is wrong")
    static let unknownCode = OAuthError(20_003, "invalid_grant", "there is no such code")
    static let codeExpired = OAuthError(20_004, "invalid_grant", "the code has expired")
    static let userGone = OAuthError(20_008, "invalid_grant", "the user does not exist")
    static let otherClient = OAuthError(20_024, "invalid_grant", "issued to another client")
    static let unknownRefresh = OAuthError(20_026, "invalid_grant", "no such refresh token")
    static let scopeNotEnabled = OAuthError(20_027, "invalid_scope", "the app lacks a scope")
    static let unknownRedirect = OAuthError(20_029, "invalid_request", "redirect_uri not listed")
    static let badGrantType = OAuthError(20_036, "unsupported_grant_type", "unknown grant_type")
    static let refreshExpired = OAuthError(20_037, "invalid_grant", "the refresh token expired")
    static let unknownClient = OAuthError(20_048, "invalid_client", "the app does not exist")
    static let badProof = OAuthError(20_049, "invalid_grant", "the PKCE proof failed")
    static let malformed = OAuthError(20_063, "invalid_request", "the body cannot be read")
    static let refreshRevoked = OAuthError(20_064, "invalid_grant", "the token was revoked")
    static let codeUsed = OAuthError(20_065, "invalid_grant", "the code was used before")
    static let appDisabled = OAuthError(20_069, "unauthorized_client", "the app is not enabled")
    static let doubledScope = OAuthError(20_067, "invalid_scope", "a scope is named twice")
    static let scopeNotPermitted = OAuthError(20_068, "invalid_scope", "more than was granted")
    static let twoClientAuths = OAuthError(20_070, "invalid_request", "two proofs of the client")
    static let redirectMismatch = OAuthError(20_071, "invalid_grant", "another redirect_uri")
    static let refreshUsed = OAuthError(20_073, "invalid_grant", "the token was used before")
    static let mayNotRefresh = OAuthError(20_074, "unauthorized_client", "refreshing is off")
}
