package import LarkiveCore

/// A user's consent: who it is, and the tokens that act for them.
package struct UserLogin: Equatable, Sendable {
    /// The platform and the app to which the consent was given.
    package let owner: LoginOwner
    package let person: Person.ID
    /// The user's own mailbox; nil where the platform did not tell.
    package let address: Mailbox.ID?
    /// When the user last agreed; a refresh does not change it.
    package let consented: Timestamp
    let tokens: UserTokens

    /// The same consent with the tokens that replace the former ones.
    func with(_ tokens: UserTokens) -> UserLogin {
        UserLogin(
            owner: owner,
            person: person,
            address: address,
            consented: consented,
            tokens: tokens
        )
    }
}

/// Whom a login belongs to; tokens of one are worthless, and harmful, to another.
package struct LoginOwner: Hashable, Sendable {
    package let base: BaseURL
    package let appID: String

    package init(base: BaseURL, appID: String) {
        self.base = base
        self.appID = appID
    }
}

/// The pair of tokens of one grant.
///
/// Source: the pages on getting and refreshing a user_access_token. The refresh token works once;
/// the access token before works until its own end.
struct UserTokens: Sendable {
    let access: Secret<String>
    let issued: Timestamp
    let accessEnd: Timestamp
    let refresh: Secret<String>
    let refreshEnd: Timestamp
    let scope: String
}

extension UserTokens: Equatable {
    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.access.reveal() == rhs.access.reveal() && lhs.refresh.reveal() == rhs.refresh.reveal()
            && lhs.issued == rhs.issued && lhs.accessEnd == rhs.accessEnd
            && lhs.refreshEnd == rhs.refreshEnd && lhs.scope == rhs.scope
    }
}

extension UserTokens {
    /// The answer is flat; `now` is when the call that it answers began.
    init(_ answer: FeishuAnswer, at now: Timestamp) throws(FeishuError) {
        let object = answer.object
        guard let access = object["access_token"]?.string.flatMap(AccessText.init),
            let life = object["expires_in"]?.integer, (1...31_536_000).contains(life)
        else { throw .malformed(.userToken, "the answer holds no token") }
        guard let refresh = object["refresh_token"]?.string.flatMap(AccessText.init) else {
            throw .noRefreshToken
        }
        let rest = object["refresh_token_expires_in"]?.integer ?? 604_800
        guard (1...315_360_000).contains(rest) else {
            throw .malformed(.userToken, "refresh_token_expires_in makes no sense")
        }
        self.init(
            access: access.secret,
            issued: now,
            accessEnd: now.advanced(bySeconds: life),
            refresh: refresh.secret,
            refreshEnd: now.advanced(bySeconds: rest),
            scope: object["scope"]?.string ?? ""
        )
    }
}

extension FeishuError {
    /// Without offline_access the platform gives none, and runs could not go on by themselves.
    static let noRefreshToken = FeishuError(
        .userToken,
        "the platform gave no refresh token: allow offline_access to the app in the console",
        Decision(.human, .credentials)
    )
}
