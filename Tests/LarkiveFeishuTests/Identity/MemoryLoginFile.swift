import LarkiveCore
import LarkiveTesting
import Synchronization
import Testing

@testable import LarkiveFeishu

/// A token file in memory that tells what was done to it, and fails where it is told to.
final class MemoryLoginFile: LoginFile {
    enum Step: String, Sendable { case read, lock, reserve, replace }

    private struct State {
        var bytes: [UInt8]?
        var steps: [Step] = []
        var isLocked = false
        var failing: [Step: Int] = [:]
        /// What another process does once this one has waited for the lock.
        var meanwhile: [UInt8]?
    }

    let path = "/state/user_token.json"
    private let state: Mutex<State>

    init(_ login: UserLogin?) { state = Mutex(State(bytes: login?.bytes)) }

    var steps: [Step] { state.withLock { $0.steps } }
    var bytes: [UInt8]? { state.withLock { $0.bytes } }
    var login: UserLogin? { bytes.flatMap { UserLogin($0) } }
    var isLocked: Bool { state.withLock { $0.isLocked } }

    /// The next so many uses of a step fail.
    func fail(_ step: Step, times: Int = .max) { state.withLock { $0.failing[step] = times } }

    /// Another process has the lock, stores this and lets go at the second look.
    func lockedByAnother(storing login: UserLogin) {
        state.withLock { ($0.isLocked, $0.meanwhile) = (true, login.bytes) }
    }

    private func note(_ step: Step) throws(LoginFileError) {
        let fails = state.withLock { state in
            state.steps.append(step)
            let left = state.failing[step] ?? 0
            if left > 0 { state.failing[step] = left - 1 }
            return left > 0
        }
        if fails { throw LoginFileError(.io, "told to fail at \(step)") }
    }

    func read() throws(LoginFileError) -> [UInt8]? {
        try note(.read)
        return bytes
    }

    func tryLock() throws(LoginFileError) -> (any LoginLock)? {
        try note(.lock)
        let isFree = state.withLock { state in
            if let meanwhile = state.meanwhile {
                (state.bytes, state.meanwhile, state.isLocked) = (meanwhile, nil, false)
                return false
            }
            defer { state.isLocked = true }
            return !state.isLocked
        }
        return isFree ? Held { [self] in state.withLock { $0.isLocked = false } } : nil
    }

    func reserve(_ size: Int) throws(LoginFileError) { try note(.reserve) }

    func replace(with bytes: [UInt8]) throws(LoginFileError) {
        try note(.replace)
        state.withLock { $0.bytes = bytes }
    }

    private final class Held: LoginLock {
        private let letGo: @Sendable () -> Void
        init(_ letGo: @escaping @Sendable () -> Void) { self.letGo = letGo }
        func release() { letGo() }
    }
}

extension UserLogin {
    /// One whose access token was issued when the clock began and lives for two hours.
    static func sample(
        base: String = "https://open.feishu.cn",
        appID: String = "cli_1",
        access: String = "u-1",
        refresh: String = "r-1",
        at start: Timestamp = ManualClock().now()
    ) throws -> UserLogin {
        UserLogin(
            owner: LoginOwner(base: try #require(BaseURL(base)), appID: appID),
            person: try .sample("ou_1"),
            address: try .sample(),
            consented: start,
            tokens: UserTokens(
                access: Secret(access),
                issued: start,
                accessEnd: start.advanced(bySeconds: 7_200),
                refresh: Secret(refresh),
                refreshEnd: start.advanced(bySeconds: 604_800),
                scope: "offline_access"
            )
        )
    }
}

/// A bench with a user who has logged in, and hands on a clock and a file.
struct UserBench {
    let bench: FeishuBench
    let file: MemoryLoginFile
    let clock: ManualClock

    init(
        login: UserLogin?,
        token: String? = nil,
        _ script: @escaping ScriptedTransport.Script
    ) throws {
        let (file, clock) = (MemoryLoginFile(login), ManualClock())
        let base = try #require(BaseURL("https://open.feishu.cn"))
        let addresses = try #require(OAuthAddresses(base: base, accounts: nil, token: token))
        let store = LoginStore(file, owner: LoginOwner(base: base, appID: "cli_1"))
        let user = UserIdentity(store: store, addresses: addresses, clock: clock)
        bench = try FeishuBench(user: user, script)
        (self.file, self.clock) = (file, clock)
    }

    var client: FeishuClient { bench.client }
    var transport: ScriptedTransport { bench.transport }
    var refreshes: [ScriptedTransport.Asked] { transport.asked("oauth/token") }

    /// Both clocks go on.
    func advance(seconds: Int64) {
        clock.advance(seconds: seconds)
        bench.ticker.advance(by: .seconds(seconds))
    }
}

extension ScriptedTransport.Reply {
    static func userToken(_ access: String, _ refresh: String, life: Int = 7_200) -> Self {
        .json(
            #"{"code":0,"access_token":"\#(access)","expires_in":\#(life),"refresh_token":""#
                + #"\#(refresh)","refresh_token_expires_in":604800,"scope":"offline_access"}"#
        )
    }
}
