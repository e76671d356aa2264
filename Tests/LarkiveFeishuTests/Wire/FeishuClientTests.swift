import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct FeishuClientTests {
    private let call = FeishuCall(.folders, "a@corp.example")

    @Test func `a token is fetched once and sent along`() async throws {
        let bench = try FeishuBench { _ in .data("{}") }
        for _ in 0..<3 { _ = try await bench.client.answer(to: call) }
        #expect(bench.transport.asked("tenant_access_token").count == 1)
        #expect(
            bench.transport.asked("folders").map(\.authorization)
                == Array(repeating: "Bearer t-1", count: 3)
        )
    }

    @Test func `callers at the same time share one fetch`() async throws {
        let bench = try FeishuBench { _ in .data("{}") }
        let client = bench.client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { _ = try await client.answer(to: FeishuCall(.folders, "a@b")) }
            }
            try await group.waitForAll()
        }
        #expect(bench.transport.asked("tenant_access_token").count == 1)
    }

    @Test(arguments: [(6_899, 1), (6_901, 2)])
    func `a token is renewed five minutes before it expires`(age: Int, fetches: Int) async throws {
        let bench = try FeishuBench { _ in .data("{}") }
        _ = try await bench.client.answer(to: call)
        bench.ticker.advance(by: .seconds(age))
        _ = try await bench.client.answer(to: call)
        #expect(bench.transport.asked("tenant_access_token").count == fetches)
    }

    @Test func `a refused token is fetched again and the call repeated`() async throws {
        let bench = try FeishuBench { asked in
            asked.earlier == 0 ? .refusal(400, 99_991_663) : .data("{}")
        }
        _ = try await bench.client.answer(to: call)
        #expect(bench.transport.asked("tenant_access_token").count == 2)
        #expect(bench.transport.asked("folders").count == 2)
    }

    @Test func `a token that is refused twice is a matter of credentials`() async throws {
        let bench = try FeishuBench { _ in .refusal(400, 99_991_663, "Invalid access token") }
        let error = await #expect(throws: FeishuError.self) {
            _ = try await bench.client.answer(to: call)
        }
        #expect(error?.decision == Decision(.human, .credentials))
        #expect(bench.transport.asked("folders").count == 2)
    }

    @Test func `a wrong secret is told with the platform's words`() async throws {
        let bench = try FeishuBench(answersToken: false) { _ in
            .json(#"{"code":10014,"msg":"app secret invalid"}"#)
        }
        let error = await #expect(throws: SourceError.self) {
            try await bench.parts.mail.walk(try .sample(), .all) { _ in }
        }
        #expect(error?.kind == .credentials)
        #expect(
            error?.detail
                == "mailbox a@corp.example: tenant token: HTTP 200, code 10014: app secret invalid"
        )
        #expect(error?.hint?.contains("feishu.app_secret_file") == true)
        #expect(bench.transport.asked.count == 1)
    }

    @Test func `no answer at all is unreachable`() async throws {
        let bench = try FeishuBench(answersToken: false) { _ in
            .failure(TransportError(.noAnswer, "cannot connect"))
        }
        let error = await #expect(throws: SourceError.self) {
            try await bench.parts.mail.walk(try .sample(), .all) { _ in }
        }
        #expect(error?.kind == .unreachable)
        #expect(bench.counters.snapshot.wasAnswered == false)
    }

    @Test(arguments: [
        ScriptedTransport.Reply.refusal(500, 1_230_003),
        .json("<html>bad gateway</html>", status: 502),
        .failure(TransportError(.cut, "cut")),
    ])
    func `what may pass is tried again`(reply: ScriptedTransport.Reply) async throws {
        let bench = try FeishuBench { asked in asked.earlier < 3 ? reply : .data("{}") }
        _ = try await bench.client.answer(to: call)
        #expect(bench.transport.asked("folders").count == 4)
    }

    @Test func `after four tries a fault is temporary`() async throws {
        let bench = try FeishuBench { _ in .refusal(500, 1_230_003, "internal") }
        let error = await #expect(throws: SourceError.self) {
            try await bench.parts.mail.walk(try .sample(), .all) { _ in }
        }
        #expect(error?.kind == .temporary)
        #expect(bench.transport.asked("folders").count == 4)
    }

    @Test(arguments: [
        ScriptedTransport.Reply.refusal(400, 1_230_001),
        .refusal(403, 1_230_002),
        .json("404 page not found", status: 404),
    ])
    func `what will not pass is not tried again`(reply: ScriptedTransport.Reply) async throws {
        let bench = try FeishuBench { _ in reply }
        await #expect(throws: FeishuError.self) { _ = try await bench.client.answer(to: call) }
        #expect(bench.transport.asked("folders").count == 1)
    }

    @Test(arguments: [200, 400, 429])
    func `a throttled call waits as told, whatever the status`(status: Int) async throws {
        let bench = try FeishuBench { asked in
            let text = #"{"code":99991400,"msg":"request trigger frequency limit"}"#
            let wait = [("x-ogw-ratelimit-reset", "7")]
            return asked.earlier == 0
                ? .json(text, status: status, headers: wait) : .data("{}")
        }
        let waited = try await bench.waited { _ = try await bench.client.answer(to: call) }
        #expect(waited == .seconds(7))
        #expect(bench.counters.snapshot.throttledSeconds == 7)
    }

    @Test(arguments: ["[1]", #"{"code":0}"#, #"{"code":0,"data":[]}"#, "{"])
    func `an answer that makes no sense is asked for twice`(text: String) async throws {
        let bench = try FeishuBench { _ in .json(text) }
        let error = await #expect(throws: FeishuError.self) {
            _ = try await bench.client.answer(to: call)
        }
        #expect(error?.meaning == .malformed)
        #expect(bench.transport.asked("folders").count == 2)
    }

    @Test func `a slow call is not tried for longer than its time`() {
        var patience = Patience(tries: 4)
        let again = Decision(.again, .server)
        #expect(patience.pause(after: again, taking: .seconds(1), .half) != nil)
        #expect(patience.pause(after: again, taking: .seconds(14), .half) == nil)
    }

    @Test func `nothing that prints shows a secret`() async throws {
        let bench = try FeishuBench(answersToken: false) { _ in .refusal(200, 10_003) }
        await #expect(throws: FeishuError.self) { _ = try await bench.client.answer(to: call) }
        var text = ""
        dump(AppCredentials(id: "cli_1", secret: Secret("s3cret")), to: &text)
        #expect(!text.contains("s3cret"))
        #expect(!"\(HTTPRequest(Secret("https://x/?code=abc")))".contains("abc"))
    }

    @Test func `pacing spaces the calls of an endpoint`() async throws {
        let bench = try FeishuBench(isPaced: true) { _ in .data("{}") }
        let waited = try await bench.waited {
            for _ in 0..<11 { _ = try await bench.client.answer(to: call) }
        }
        #expect(waited >= .milliseconds(2_000) && waited < .milliseconds(2_300))
    }
}
