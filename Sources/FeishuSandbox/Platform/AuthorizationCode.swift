import Crypto
import FoundationEssentials

/// What stands behind a code: 5 minutes, one use.
///
/// Source: the page on obtaining a code.
struct AuthorizationCode: Sendable {
    let clientID: String
    let redirectURI: String
    let scopes: Set<String>
    let challenge: Challenge?
    let expires: Moment
    var isUsed = false

    func redeem(_ request: OAuthRequest, at now: Moment) throws(OAuthError) {
        guard clientID == request["client_id"] else { throw .otherClient }
        guard !isUsed else { throw .codeUsed }
        guard now < expires else { throw .codeExpired }
        guard redirectURI == request["redirect_uri"] else { throw .redirectMismatch }
        switch (challenge, request["code_verifier"]) {
        case (nil, nil): return
        case (nil, _): guard !request.isStrict else { throw .badProof }
        case (let challenge?, let verifier):
            guard let verifier, challenge.accepts(verifier) else { throw .badProof }
        }
    }
}

/// The client's half of a PKCE proof.
struct Challenge: Sendable {
    enum Method: String {
        case plain
        case s256 = "S256"
    }

    let method: Method
    let text: String

    /// Nil when the method is not known.
    init?(_ text: String, method: String?) {
        guard let method = Method(rawValue: method ?? "plain") else { return nil }
        self.method = method
        self.text = text
    }

    func accepts(_ verifier: String) -> Bool {
        guard (43...128).contains(verifier.utf8.count) else { return false }
        return text == (method == .plain ? verifier : Self.hashed(verifier))
    }

    /// Base64url without padding, as RFC 7636 wants it.
    static func hashed(_ verifier: String) -> String {
        let digest = Array(SHA256.hash(data: Data(verifier.utf8)))
        return String(Base64.urlSafe(digest).prefix { $0 != "=" })
    }
}
