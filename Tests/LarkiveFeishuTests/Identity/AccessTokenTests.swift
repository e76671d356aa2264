import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct AccessTokenTests {
    @Test(arguments: [10_003, 10_014, 10_015, 99_991_543])
    func `a secret that was refused is not sent again`(code: Int) async throws {
        let bench = try FeishuBench(answersToken: false) { _ in .refusal(200, code) }
        for name in ["a", "b", "c"] {
            let error = await #expect(throws: SourceError.self) {
                _ = try await bench.parts.mail.walk(try .sample("\(name)@corp.example"), .all) {
                    _ in
                }
            }
            #expect(error?.kind == .credentials)
        }
        let error = await #expect(throws: SourceError.self) {
            try await bench.parts.tasks.walk(.task(try .sample("t1"))) { _ in }
        }
        #expect(error?.kind == .credentials)
        #expect(bench.transport.asked.count == 1)
    }

    @Test func `callers at the same time learn of one refusal`() async throws {
        let bench = try FeishuBench(answersToken: false) { _ in .refusal(200, 10_014) }
        let client = bench.client
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    await #expect(throws: FeishuError.self) {
                        _ = try await client.answer(to: FeishuCall(.folders, "a@b"))
                    }
                }
            }
        }
        #expect(bench.transport.asked.count == 1)
    }

    @Test func `a fault that may pass is not remembered`() async throws {
        let bench = try FeishuBench(answersToken: false) { asked in
            guard asked.isFor("tenant_access_token") else { return .data("{}") }
            return asked.earlier < 4 ? .refusal(500, 1) : .token
        }
        let call = FeishuCall(.folders, "a@corp.example")
        await #expect(throws: FeishuError.self) { _ = try await bench.client.answer(to: call) }
        _ = try await bench.client.answer(to: call)
        #expect(bench.transport.asked("tenant_access_token").count == 5)
    }

    @Test(arguments: [99_991_663, 99_991_664, 99_991_665, 99_991_668, 99_991_677])
    func `an endpoint that refuses every token is not asked again`(code: Int) async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("folders") ? .refusal(400, code) : .data("{}")
        }
        for _ in 0..<3 {
            let error = await #expect(throws: FeishuError.self) {
                _ = try await bench.client.answer(to: FeishuCall(.folders, "a@corp.example"))
            }
            #expect(error?.decision == Decision(.human, .credentials))
        }
        _ = try await bench.client.answer(to: FeishuCall(.task, "t1"))
        #expect(bench.transport.asked("folders").count == 2)
        #expect(bench.transport.asked("tenant_access_token").count == 2)
    }
}
