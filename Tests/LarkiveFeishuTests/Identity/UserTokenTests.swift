import LarkiveCore
import LarkiveTesting
import Synchronization
import Testing

@testable import LarkiveFeishu

@Suite struct UserTokenTests {
    private let call = FeishuCall(.folders, "a@corp.example")

    @Test func `a token that lives is taken from the file`() async throws {
        let user = try UserBench(login: try .sample()) { _ in .data("{}") }
        for _ in 0..<3 { _ = try await user.client.answer(to: call) }
        #expect(
            user.transport.asked.map(\.authorization) == .init(repeating: "Bearer u-1", count: 3)
        )
        #expect(user.file.steps == [.read])
    }

    @Test(arguments: [(6_899, 0), (6_901, 1)])
    func `a token is refreshed five minutes before its end`(age: Int, calls: Int) async throws {
        let user = try UserBench(login: try .sample()) { asked in
            asked.isFor("oauth/token") ? .userToken("u-2", "r-2") : .data("{}")
        }
        _ = try await user.client.answer(to: call)
        user.advance(seconds: Int64(age))
        _ = try await user.client.answer(to: call)
        #expect(user.refreshes.count == calls)
        #expect(user.transport.asked.last?.authorization == "Bearer u-\(calls + 1)")
    }

    @Test func `a new pair is stored before it is used, under the lock`() async throws {
        let user = try UserBench(login: try .sample()) { asked in
            asked.isFor("oauth/token") ? .userToken("u-2", "r-2") : .data("{}")
        }
        user.advance(seconds: 7_300)
        _ = try await user.client.answer(to: call)
        #expect(user.file.steps == [.read, .lock, .read, .reserve, .replace])
        #expect(!user.file.isLocked)
        let stored = try #require(user.file.login)
        #expect(stored.tokens.refresh.reveal() == "r-2")
        #expect(stored.tokens.issued == user.clock.now())
        #expect(stored.consented == (try UserLogin.sample().consented))
        let body = try JSONReader.read(Array(try #require(user.refreshes.first?.body).utf8))
        #expect(
            body.object == [
                "client_id": "cli_1", "client_secret": "s3cret", "grant_type": "refresh_token",
                "refresh_token": "r-1",
            ]
        )
        #expect(
            user.refreshes.first?.url == "https://open.feishu.cn/open-apis/authen/v2/oauth/token"
        )
    }

    @Test func `the address of the token endpoint can be chosen`() async throws {
        let address = "https://accounts.feishu.cn/oauth/v3/token"
        let user = try UserBench(login: try .sample(), token: address) { asked in
            asked.isFor("v3/token") ? .userToken("u-2", "r-2") : .data("{}")
        }
        user.advance(seconds: 7_300)
        _ = try await user.client.answer(to: call)
        #expect(user.transport.asked("v3/token").map(\.url) == [address])
    }

    @Test func `what another process refreshed is used`() async throws {
        let user = try UserBench(login: try .sample()) { _ in .data("{}") }
        user.advance(seconds: 7_300)
        user.file.lockedByAnother(
            storing: try .sample(access: "u-9", refresh: "r-9", at: user.clock.now())
        )
        _ = try await user.client.answer(to: call)
        #expect(user.refreshes.isEmpty)
        #expect(user.transport.asked.map(\.authorization) == ["Bearer u-9"])
    }

    @Test func `a lock that is never let go ends with later`() async throws {
        let user = try UserBench(login: try .sample()) { _ in .data("{}") }
        user.advance(seconds: 7_300)
        let held = try #require(try user.file.tryLock())
        let error = await #expect(throws: FeishuError.self) {
            _ = try await user.client.answer(to: call)
        }
        #expect(error?.meaning == .server)
        held.release()
        #expect(user.transport.asked.isEmpty)
    }

    @Test func `a login that cannot be renewed is used to its end`() async throws {
        let user = try UserBench(login: try .sample()) { asked in
            asked.isFor("oauth/token") ? .refusal(400, 20_073) : .data("{}")
        }
        user.advance(seconds: 7_000)
        _ = try await user.client.answer(to: call)
        _ = try await user.client.answer(to: call)
        #expect(user.refreshes.count == 1)
        user.advance(seconds: 300)
        await #expect(throws: FeishuError.self) { _ = try await user.client.answer(to: call) }
        #expect(user.refreshes.count == 2)
    }

    @Test func `a disk without room is noticed before the token is spent`() async throws {
        let user = try UserBench(login: try .sample()) { _ in .userToken("u-2", "r-2") }
        user.advance(seconds: 7_300)
        user.file.fail(.reserve)
        let error = await #expect(throws: FeishuError.self) {
            _ = try await user.client.answer(to: call)
        }
        #expect(error?.decision == Decision(.later, .server))
        #expect(user.transport.asked.isEmpty)
    }

    @Test func `a pair that could not be stored is stored once more, and else not used`()
        async throws
    {
        let user = try UserBench(login: try .sample()) { asked in
            asked.isFor("oauth/token") ? .userToken("u-2", "r-2") : .data("{}")
        }
        user.advance(seconds: 7_300)
        user.file.fail(.replace, times: 1)
        _ = try await user.client.answer(to: call)
        #expect(user.file.login?.tokens.refresh.reveal() == "r-2")
        user.advance(seconds: 7_300)
        user.file.fail(.replace, times: 2)
        let error = await #expect(throws: FeishuError.self) {
            _ = try await user.client.answer(to: call)
        }
        #expect(error?.meaning == .credentials)
        #expect(user.transport.asked("folders").count == 1)
    }

    @Test func `a run that is stopped stores what it was given`() async throws {
        let running = Mutex<Task<Void, Never>?>(nil)
        let user = try UserBench(login: try .sample()) { asked in
            guard asked.isFor("oauth/token") else { return .data("{}") }
            running.withLock { $0?.cancel() }
            // A transport gives up at once when its task is cancelled.
            let isLost = Task.isCancelled
            return isLost
                ? .failure(TransportError(.cancelled, "cancelled")) : .userToken("u-2", "r-2")
        }
        user.advance(seconds: 7_300)
        let client = user.client
        await running.withLock { running in
            let task = Task { _ = try? await client.answer(to: FeishuCall(.folders, "a@b")) }
            running = task
            return task
        }.value
        #expect(user.file.login?.tokens.refresh.reveal() == "r-2")
    }

    @Test func `callers at the same time share one refresh`() async throws {
        let user = try UserBench(login: try .sample()) { asked in
            asked.isFor("oauth/token") ? .userToken("u-2", "r-2") : .data("{}")
        }
        user.advance(seconds: 7_300)
        let client = user.client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { _ = try await client.answer(to: FeishuCall(.folders, "a@b")) }
            }
            try await group.waitForAll()
        }
        #expect(user.refreshes.count == 1)
    }

    @Test func `a login of another app or platform is not touched`() async throws {
        let strangers = [
            try UserLogin.sample(appID: "cli_2"),
            try UserLogin.sample(base: "https://open.larksuite.com"),
        ]
        for stranger in strangers {
            let user = try UserBench(login: stranger) { _ in .data("{}") }
            let error = await #expect(throws: FeishuError.self) {
                _ = try await user.client.answer(to: call)
            }
            #expect(error?.meaning == .credentials)
            #expect(error?.msg.contains("is the login of app") == true)
            #expect(user.transport.asked.isEmpty)
            #expect(user.file.login == stranger)
        }
    }

    @Test func `a file reads as it was written, and a torn one not at all`() throws {
        let login = try UserLogin.sample()
        #expect(UserLogin(login.bytes) == login)
        for length in 0..<(login.bytes.count - 1) {
            #expect(UserLogin(Array(login.bytes.prefix(length))) == nil)
        }
        #expect(!"\(login)".contains("u-1") && !"\(login)".contains("r-1"))
    }
}
