package import LarkiveCore

/// One question to a user, whether the app may act for them.
///
/// Source: the page on the authorization code; PKCE (RFC 7636) with S256, so that a code that is
/// overheard is worth nothing.
package struct LoginRequest: Sendable {
    /// Where the browser is sent afterwards; has to be registered in the developer console.
    package let redirect: String
    /// Comes back with the answer; tells our answer from others'.
    let state: String
    let verifier: Secret<String>
    let challenge: String
    let scopes: [String]

    /// `challenge` is the base64url of the SHA-256 of the verifier.
    package init(
        redirect: String,
        state: String,
        verifier: Secret<String>,
        challenge: String,
        scopes: [String]
    ) {
        self.redirect = redirect
        self.state = state
        self.verifier = verifier
        self.challenge = challenge
        self.scopes = scopes
    }

    /// What a user opens in a browser.
    package func url(_ appID: String, at addresses: OAuthAddresses) -> String {
        let items = [
            QueryItem("client_id", appID), QueryItem("response_type", "code"),
            QueryItem("redirect_uri", redirect),
            QueryItem("scope", scopes.joined(separator: " ")), QueryItem("state", state),
            QueryItem("code_challenge", challenge), QueryItem("code_challenge_method", "S256"),
            QueryItem("prompt", "consent"),
        ]
        return addresses.authorize + "?" + URLText.query(items)
    }
}

/// What a browser that came back brought along.
package enum LoginReply: Sendable {
    case code(Secret<String>)
    /// In the platform's words.
    case denied(String)
    /// The answer to another question: nothing of it may be used.
    case foreign
    /// No answer at all, as when a browser asks for an icon.
    case other
}

extension LoginRequest {
    /// Reads the target of a request to the listener, or the URL that somebody pasted.
    package func reply(in text: String) -> LoginReply {
        let address = text.trimmed
        let target = WebAddress(address)?.rest ?? address
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "/callback" else { return .other }
        let fields = Self.fields(parts[1])
        guard fields["code"] != nil || fields["error"] != nil else { return .other }
        guard let theirs = fields["state"], theirs == state else { return .foreign }
        if let words = fields["error"] { return .denied(PlainText.short(words)) }
        guard let code = fields["code"], !code.isEmpty else { return .foreign }
        return .code(Secret(code))
    }

    /// A name that stands twice could be read in two ways: it counts as not there.
    private static func fields(_ query: Substring) -> [String: String] {
        var fields: [String: [String]] = [:]
        for item in query.prefix(while: { $0 != "#" }).split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0]),
                let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "")
            else { continue }
            fields[name, default: []].append(value)
        }
        return fields.compactMapValues { $0.count == 1 ? $0[0] : nil }
    }
}

extension String {
    fileprivate var trimmed: String {
        var rest = Substring(self)
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest.drop { $0.isWhitespace })
    }
}
