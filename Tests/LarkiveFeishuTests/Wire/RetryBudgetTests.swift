import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct RetryBudgetTests {
    /// What may pass, in every form; none of it is worth more than the run's retries.
    static let faults: [ScriptedTransport.Reply] = [
        .refusal(500, 1_230_003), .refusal(503, 4_711), .body(502, [], []),
        .json("<html>bad gateway</html>", status: 502),
        .json(#"{"code":0,"msg":"succ"#), .json("<html>welcome</html>"),
        .failure(TransportError(.cut, "connection lost")),
        .failure(TransportError(.noAnswer, "no word for too long")),
        .body(200, [], [Array("{".utf8)], end: TransportError(.cut, "cut")),
    ]

    @Test(arguments: faults)
    func `a platform that fails at everything is asked little more than once for each thing`(
        fault: ScriptedTransport.Reply
    ) async throws {
        let bench = try FeishuBench { _ in fault }
        for _ in 0..<100 {
            await #expect(throws: FeishuError.self) {
                _ = try await bench.client.answer(to: FeishuCall(.folders, "a"))
            }
        }
        let asked = bench.transport.asked("folders").count
        #expect(asked > 100 && asked <= 100 + RetryBudget.atFirst + 15)
    }

    @Test(arguments: faults)
    func `a fault that is gone at the next try fails nothing`(
        fault: ScriptedTransport.Reply
    ) async throws {
        let bench = try FeishuBench { asked in asked.earlier == 0 ? fault : .data("{}") }
        let answer = try await bench.client.answer(to: FeishuCall(.folders, "a"))
        #expect(answer.data == JSONObject())
    }

    @Test func `downloads draw on the same retries`() async throws {
        let bench = try FeishuBench(ScriptedTransport.serving { _ in .body(503, [], []) })
        for number in 0..<30 {
            #expect(
                await bench.fetch([try .mail("a\(number)")]).map(\.words) == ["server_error"]
            )
        }
        #expect(bench.transport.asked("/get").count < 30 + RetryBudget.atFirst + 15)
    }

    @Test func `calls earn retries`() {
        let budget = RetryBudget()
        for _ in 0..<RetryBudget.atFirst { #expect(budget.mayRetry()) }
        #expect(!budget.mayRetry())
        for _ in 0..<RetryBudget.callsPerRetry { budget.called() }
        #expect(budget.mayRetry())
        #expect(!budget.mayRetry())
    }

    @Test func `a body that drips is given up, a large one is not`() throws {
        var slow = SlowBody(at: .zero)
        try slow.took(10, at: .seconds(59))
        #expect(throws: TransportError(.cut, "given up after 20 bytes: it comes too slowly")) {
            try slow.took(10, at: .seconds(61))
        }
        var large = SlowBody(at: .zero)
        try large.took(10 << 20, at: .seconds(3_600))
    }
}
