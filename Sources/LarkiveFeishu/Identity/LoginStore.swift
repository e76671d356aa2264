import LarkiveCore

/// The login of one app on one platform, kept in a file.
package struct LoginStore: Sendable {
    /// A pair of tokens of 4 KiB each, as documented, with air.
    static let reserve = 32_768

    let file: any LoginFile
    package let owner: LoginOwner

    package init(_ file: any LoginFile, owner: LoginOwner) {
        self.file = file
        self.owner = owner
    }

    /// The login that is there.
    ///
    /// One that was made for another app or platform is refused: its tokens must not be sent there.
    package func login() throws(LoginFileError) -> UserLogin {
        guard let bytes = try file.read() else {
            throw LoginFileError(
                .noLogin,
                "nobody has logged in: there is no \(file.path)",
                hint: Self.hint
            )
        }
        guard let login = UserLogin(bytes) else {
            throw LoginFileError(
                .noLogin,
                "\(file.path) is not a token file of larkive",
                hint: Self.hint
            )
        }
        guard login.owner == owner else {
            throw LoginFileError(
                .noLogin,
                "\(file.path) is the login of app \(PlainText.short(login.owner.appID)) at "
                    + "\(login.owner.base), not of \(owner.appID) at \(owner.base)",
                hint: "name another file in feishu.user_token_file, then: larkive login"
            )
        }
        return login
    }

    static let hint = "log in: larkive login"

    /// Stores durably; a failure of one file is met with another, once.
    ///
    /// The caller holds the lock.
    func keep(_ login: UserLogin) throws(LoginFileError) {
        do {
            try file.replace(with: login.bytes)
        } catch {
            try file.replace(with: login.bytes)
        }
    }
}

extension LoginStore {
    private static let patience = Duration.seconds(60)
    private static let pause = Duration.milliseconds(50)

    /// Waits for the lock; another process may be refreshing.
    func lock(_ ticker: any Ticker) async throws(FeishuError) -> any LoginLock {
        let end = ticker.now + Self.patience
        while ticker.now < end {
            do throws(LoginFileError) {
                if let lock = try file.tryLock() { return lock }
            } catch {
                throw FeishuError(error)
            }
            do throws(CancellationError) {
                try await ticker.sleep(for: Self.pause)
            } catch {
                throw .interrupted(.userToken)
            }
        }
        throw FeishuError(
            .userToken,
            "another process holds the lock of \(file.path)",
            Decision(.later, .server)
        )
    }
}

extension FeishuError {
    /// A login that cannot be used is for a human; a disk that refuses may do better later.
    init(_ error: LoginFileError) {
        let isIO = error.kind == .io
        let decision = isIO ? Decision(.later, .server) : Decision(.human, .credentials)
        self.init(.userToken, error.detail, decision)
    }

    /// Tokens that were handed out and could not be stored: those in the file are used up.
    static func lost(_ error: LoginFileError) -> FeishuError {
        FeishuError(
            .userToken,
            "the new login could not be stored: \(error.detail)",
            Decision(.human, .credentials)
        )
    }
}
