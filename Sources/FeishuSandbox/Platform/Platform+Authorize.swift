extension Platform {
    /// The page where a person agrees; here they do so, or do not, without being shown it.
    ///
    /// Source: the page on obtaining a code.
    ///
    /// What is wrong with the question itself is said on a page, and nobody is sent anywhere.
    mutating func authorize(_ visit: Visit) -> Answer {
        let request: AuthorizeRequest
        do throws(OAuthError) {
            request = try AuthorizeRequest(visit.call, world.app)
        } catch {
            return .text(400, "\(error.code): \(error.text)\n")
        }
        guard let user = world.user, !user.denies else {
            return request.redirect([("error", "access_denied")])
        }
        let code = users.newCode()
        users.codes[code] = AuthorizationCode(
            clientID: request.clientID,
            redirectURI: request.redirectURI,
            scopes: request.scopes.intersection(user.granted ?? request.scopes),
            challenge: request.challenge,
            expires: visit.now.advanced(by: .seconds(300))
        )
        return request.redirect([("code", code)])
    }
}

/// The query of the authorize page, checked.
private struct AuthorizeRequest {
    let clientID: String
    let redirectURI: String
    let scopes: Set<String>
    let state: String?
    let challenge: Challenge?

    init(_ call: Call, _ app: World.App) throws(OAuthError) {
        guard let clientID = call.first("client_id"), let uri = call.first("redirect_uri"),
            call.first("response_type") == "code"
        else { throw .missing("client_id, redirect_uri and response_type=code") }
        guard app.secret(of: clientID) != nil else { throw .unknownClient }
        guard uri.contains("://"), app.redirectURIs.isEmpty || app.redirectURIs.contains(uri) else {
            throw .unknownRedirect
        }
        self.clientID = clientID
        redirectURI = uri
        state = call.first("state")
        scopes = try app.check(scope: call.first("scope") ?? "")
        challenge = try Self.challenge(call)
    }

    private static func challenge(_ call: Call) throws(OAuthError) -> Challenge? {
        guard let text = call.first("code_challenge") else { return nil }
        guard let challenge = Challenge(text, method: call.first("code_challenge_method")) else {
            throw .badProof
        }
        return challenge
    }

    /// Back to the app, with `state` as it came.
    func redirect(_ fields: [(String, String)]) -> Answer {
        let fields = fields + (state.map { [("state", $0)] } ?? [])
        let query = fields.map { "\($0.0)=\(PercentText.encode($0.1))" }.joined(separator: "&")
        var answer = Answer.text(302, "")
        let mark = redirectURI.contains("?") ? "&" : "?"
        answer.headers.append(Header("Location", redirectURI + mark + query))
        return answer
    }
}

extension World.App {
    /// Nil for an app that does not exist.
    func secret(of client: String) -> String? { client == id ? secret : others[client] }

    /// The scopes of a question; up to 50, none that the app lacks in the console.
    ///
    /// Names that this sandbox has no use for are taken as they are.
    fileprivate func check(scope text: String) throws(OAuthError) -> Set<String> {
        let names = text.split(separator: " ").map(String.init)
        guard names.count <= 50 else { throw .missing("at most 50 scopes") }
        for scope in World.Scope.allCases where !scopes.contains(scope) {
            guard !names.contains(where: scope.names.contains) else { throw .scopeNotEnabled }
        }
        return Set(names)
    }
}
