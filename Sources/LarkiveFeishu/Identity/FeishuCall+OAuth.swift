import LarkiveCore

extension FeishuCall {
    /// Source: the page on refreshing a user_access_token.
    static func refresh(
        _ login: UserLogin,
        _ app: AppCredentials,
        at address: String
    ) -> FeishuCall {
        token(
            app,
            [
                "grant_type": "refresh_token",
                "refresh_token": .string(login.tokens.refresh.reveal()),
            ],
            at: address
        )
    }

    /// Source: the page on getting a user_access_token; `redirect` must be the one of the consent.
    static func exchange(
        _ code: Secret<String>,
        _ request: LoginRequest,
        _ app: AppCredentials,
        at address: String
    ) -> FeishuCall {
        token(
            app,
            [
                "grant_type": "authorization_code", "code": .string(code.reveal()),
                "redirect_uri": .string(request.redirect),
                "code_verifier": .string(request.verifier.reveal()),
            ],
            at: address
        )
    }

    private static func token(
        _ app: AppCredentials,
        _ fields: JSONObject,
        at address: String
    ) -> FeishuCall {
        var body: JSONObject = [
            "client_id": .string(app.id), "client_secret": .string(app.secret.reveal()),
        ]
        for field in fields.members { body.append(field.name, field.value) }
        var call = FeishuCall(.userToken).with(body: .object(body))
        call.address = address
        // Codes and refresh tokens work once.
        call.isRepeatable = false
        return call
    }
}
