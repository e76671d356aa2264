import LarkiveCore
import Synchronization
import Testing

@testable import LarkiveFeishu

/// A platform whose refresh tokens work once, as the real one's do.
private final class StrictPlatform: Sendable {
    private let state = Mutex((serial: 1, live: "r-1", reuses: 0))

    var reuses: Int { state.withLock { $0.reuses } }
    var serial: Int { state.withLock { $0.serial } }

    func answer(_ asked: ScriptedTransport.Asked) -> ScriptedTransport.Reply {
        guard asked.isFor("oauth/token") else { return api(asked) }
        return state.withLock { state in
            guard asked.body?.contains(#""refresh_token":"\#(state.live)""#) == true else {
                state.reuses += 1
                return .refusal(400, 20_073)
            }
            state.serial += 1
            state.live = "r-\(state.serial)"
            return .userToken("u-\(state.serial)", state.live)
        }
    }

    private func api(_ asked: ScriptedTransport.Asked) -> ScriptedTransport.Reply {
        asked.authorization?.hasPrefix("Bearer u-") == true
            ? .data("{}") : .refusal(400, 99_991_668)
    }
}

@Suite struct RefreshCrashTests {
    private let call = FeishuCall(.folders, "a@corp.example")
    private let platform = StrictPlatform()

    /// A run whose access token has so many seconds left.
    private func run(_ login: UserLogin?, secondsLeft: Int64) throws -> UserBench {
        let platform = platform
        let user = try UserBench(login: login) { platform.answer($0) }
        user.advance(seconds: 7_200 - secondsLeft)
        return user
    }

    @Test(arguments: [MemoryLoginFile.Step.read, .lock, .reserve])
    func `dying before the exchange costs nothing`(step: MemoryLoginFile.Step) async throws {
        let dying = try run(try .sample(), secondsLeft: 100)
        dying.file.fail(step)
        _ = try? await dying.client.answer(to: call)
        let next = try run(dying.file.login, secondsLeft: 100)
        _ = try await next.client.answer(to: call)
        #expect(next.transport.asked.last?.authorization == "Bearer u-2")
        #expect(platform.reuses == 0)
    }

    @Test func `dying after the new pair was stored costs nothing`() async throws {
        let dying = try run(try .sample(), secondsLeft: 100)
        _ = try await dying.client.answer(to: call)
        let next = try run(dying.file.login, secondsLeft: 7_200)
        _ = try await next.client.answer(to: call)
        #expect(next.transport.asked.map(\.authorization) == ["Bearer u-2"])
        #expect(platform.reuses == 0)
    }

    @Test func `dying in between leaves the rest of the access token's time`() async throws {
        let dying = try run(try .sample(), secondsLeft: 100)
        dying.file.fail(.replace)
        _ = try? await dying.client.answer(to: call)
        #expect(platform.serial == 2)
        #expect(dying.file.login == (try UserLogin.sample()))
        let next = try run(dying.file.login, secondsLeft: 90)
        _ = try await next.client.answer(to: call)
        #expect(next.transport.asked.last?.authorization == "Bearer u-1")
        let last = try run(dying.file.login, secondsLeft: -1)
        let error = await #expect(throws: FeishuError.self) {
            _ = try await last.client.answer(to: call)
        }
        #expect(error?.code == 20_073)
        #expect(error?.meaning == .credentials)
        #expect(error?.hint == "log in again: larkive login")
        #expect(last.file.login == dying.file.login, "a login is never deleted")
    }

    @Test func `ten runs after another spend each token once`() async throws {
        var login = try UserLogin.sample()
        for _ in 0..<10 {
            let user = try run(login, secondsLeft: 100)
            _ = try await user.client.answer(to: call)
            let renewed = try #require(user.file.login)
            login = renewed.with(
                UserTokens(
                    access: renewed.tokens.access,
                    issued: login.tokens.issued,
                    accessEnd: login.tokens.accessEnd,
                    refresh: renewed.tokens.refresh,
                    refreshEnd: renewed.tokens.refreshEnd,
                    scope: ""
                )
            )
        }
        #expect(platform.serial == 11)
        #expect(platform.reuses == 0)
    }
}
