/// Where a user agrees, and where tokens come from.
///
/// Source: the pages on the authorization code and on user_access_token. The newer endpoint
/// `ACCOUNTS/oauth/v3/token` takes the same fields; one can name it.
package struct OAuthAddresses: Equatable, Sendable {
    let authorize: String
    let token: String

    /// Nil when the platform's accounts host is unknown, or an address makes no sense.
    package init?(base: BaseURL, accounts: String?, token: String?) {
        guard let accounts = accounts.map(BaseURL.init) ?? Self.accounts(of: base) else {
            return nil
        }
        let given = token ?? base.description + "/open-apis/authen/v2/oauth/token"
        guard Self.isGood(given) else { return nil }
        self.token = given
        authorize = accounts.description + "/open-apis/authen/v1/authorize"
    }

    /// The host on which users of a platform log in; a loopback server is its own.
    static func accounts(of base: BaseURL) -> BaseURL? {
        switch base.description {
        case "https://open.feishu.cn": BaseURL("https://accounts.feishu.cn")
        case "https://open.larksuite.com": BaseURL("https://accounts.larksuite.com")
        default: base.isLoopback ? base : nil
        }
    }

    /// https, or http on loopback; the app's secret goes there.
    package static func isGood(_ text: String) -> Bool {
        guard let address = WebAddress(text), !address.hasUserInfo, !address.rest.contains("#"),
            address.rest.hasPrefix("/")
        else { return false }
        return address.scheme == .https || HostKind(address) == .loopback
    }
}
