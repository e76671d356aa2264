import FoundationEssentials
import LarkiveCore
import LarkiveFeishu
import LarkiveVault

extension World {
    /// Where the login of the user is kept; nil while larkive acts for the tenant.
    func loginStore() throws -> LoginStore? {
        guard config.feishu.identity == .user else { return nil }
        let file = DiskLoginFile(try tokenFile())
        return LoginStore(file, owner: LoginOwner(base: try base(), appID: config.feishu.appID))
    }

    private func tokenFile() throws -> String {
        if let path = config.feishu.userTokenFile { return path }
        let folder = try config.state ?? state(of: ReadingVault.identity(at: config.archive).id)
        return "\(folder)/user_token.json"
    }

    func userIdentity() throws -> UserIdentity? {
        guard let store = try loginStore() else { return nil }
        guard let addresses = config.feishu.addresses else {
            throw UsageError("\(configPath): `feishu.oauth_base_url` is missing")
        }
        return UserIdentity(store: store, addresses: addresses, clock: clock)
    }

    /// Who logged in; nil while larkive acts for the tenant.
    func login() throws -> UserLogin? {
        do {
            return try loginStore()?.login()
        } catch let failure as LoginFileError {
            throw UsageError(failure)
        }
    }

    /// How long the user's consent lasts; nil where nobody has to agree, or nobody has yet.
    func consent() throws -> Consent? {
        do {
            return try loginStore().map { Consent(try $0.login(), at: clock.now()) }
        } catch let failure as LoginFileError {
            guard failure.kind == .noLogin else { throw UsageError(failure) }
            return nil
        }
    }

    func base() throws(UsageError) -> BaseURL {
        guard let base = BaseURL(config.feishu.baseURL) else {
            throw UsageError("\(configPath): `feishu.base_url` is no address of a platform")
        }
        return base
    }
}

extension UsageError {
    /// A login that is missing is for a human, a file that others can reach is a wrong setting.
    init(_ failure: LoginFileError) {
        let code: LarkiveCore.ExitCode =
            switch failure.kind {
            case .noLogin: .human
            case .untrusted: .usage
            case .io: .space
            }
        self.init(failure.detail, hint: failure.hint, exitCode: code)
    }
}

extension Consent {
    /// One line within the last two weeks; nil before.
    var warning: String? {
        guard isEndingSoon else { return nil }
        guard daysLeft > 0 else { return "the user's consent ended on \(ends.date): larkive login" }
        let days = Figures.count(daysLeft, "day", "days")
        return "the user's consent ends in \(days), on \(ends.date): larkive login"
    }
}
