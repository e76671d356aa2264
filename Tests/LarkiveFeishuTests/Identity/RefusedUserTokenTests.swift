import LarkiveCore
import LarkiveTesting
import Synchronization
import Testing

@testable import LarkiveFeishu

/// What the platform says no to, and what then becomes of a login.
@Suite struct RefusedUserTokenTests {
    private let call = FeishuCall(.folders, "a@corp.example")

    @Test(arguments: [99_991_668, 99_991_677])
    func `a refused token is refreshed once and the call repeated`(code: Int) async throws {
        let user = try UserBench(login: try .sample()) { asked in
            if asked.isFor("oauth/token") { return .userToken("u-2", "r-2") }
            return asked.authorization == "Bearer u-1" ? .refusal(400, code) : .data("{}")
        }
        _ = try await user.client.answer(to: call)
        #expect(user.refreshes.count == 1)
        #expect(user.transport.asked("folders").count == 2)
    }

    @Test func `a token that is refused twice asks for a login`() async throws {
        let user = try UserBench(login: try .sample()) { asked in
            asked.isFor("oauth/token") ? .userToken("u-2", "r-2") : .refusal(400, 99_991_668)
        }
        for _ in 0..<3 {
            let error = await #expect(throws: FeishuError.self) {
                _ = try await user.client.answer(to: call)
            }
            #expect(error?.decision == Decision(.human, .credentials))
            #expect(error?.hint == "log in again: larkive login")
        }
        #expect(user.refreshes.count == 1)
        #expect(user.transport.asked("folders").count == 2)
    }

    @Test(arguments: [(500, 20_050), (503, 20_072)])
    func `two refusals are tried again`(status: Int, code: Int) async throws {
        let user = try UserBench(login: try .sample()) { asked in
            guard asked.isFor("oauth/token") else { return .data("{}") }
            return asked.earlier < 2 ? .refusal(status, code) : .userToken("u-2", "r-2")
        }
        user.advance(seconds: 7_300)
        _ = try await user.client.answer(to: call)
        #expect(user.refreshes.count == 3)
    }

    @Test(arguments: [
        20_001, 20_002, 20_003, 20_008, 20_009, 20_010, 20_024, 20_026, 20_036, 20_037, 20_048,
        20_063, 20_064, 20_066, 20_068, 20_069, 20_070, 20_073, 20_074,
    ])
    func `all other refusals are for a human, once`(code: Int) async throws {
        let user = try UserBench(login: try .sample()) { asked in
            asked.isFor("oauth/token") ? .refusal(400, code) : .data("{}")
        }
        user.advance(seconds: 7_300)
        let before = user.file.bytes
        for _ in 0..<3 {
            let error = await #expect(throws: SourceError.self) {
                _ = try await user.bench.parts.mail.walk(try .sample(), .all) { _ in }
            }
            #expect(error?.kind == .credentials)
            #expect(error?.hint != nil)
        }
        #expect(user.transport.asked.count == 1)
        #expect(user.file.bytes == before)
    }

    @Test(arguments: [
        (#"{"error":"invalid_grant","error_description":"used"}"#, 400, 1),
        (#"{"access_token":"u-2","expires_in":7200,"refresh_token":"r-2"}"#, 200, 2),
    ])
    func `plain OAuth without codes is understood`(
        text: String,
        status: Int,
        calls: Int
    ) async throws {
        let user = try UserBench(login: try .sample()) { asked in
            asked.isFor("oauth/token") ? .json(text, status: status) : .data("{}")
        }
        user.advance(seconds: 7_300)
        do throws(FeishuError) {
            _ = try await user.client.answer(to: call)
        } catch {
            #expect(error.meaning == .credentials)
            #expect(error.msg == "used")
        }
        #expect(user.transport.asked.count == calls)
    }
}
