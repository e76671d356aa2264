import LarkiveCore
import Testing

@testable import LarkiveFeishu

/// Every way in which the platform says that there were too many calls.
@Suite struct ThrottleTests {
    private static let words = #"{"code":99991400,"msg":"request trigger frequency limit"}"#

    struct Dialect: Sendable, CustomTestStringConvertible {
        let status: Int
        var text = ThrottleTests.words
        var headers: [(String, String)] = []
        let wait: Duration

        var testDescription: String { "\(status) \(headers) \(text.prefix(8))" }
    }

    static let dialects: [Dialect] = [
        Dialect(status: 429, headers: [("x-ogw-ratelimit-reset", "7")], wait: .seconds(7)),
        Dialect(status: 400, headers: [("x-ogw-ratelimit-reset", "2.5")], wait: .seconds(2.5)),
        Dialect(status: 200, headers: [("X-Ogw-Ratelimit-Reset", "4")], wait: .seconds(4)),
        Dialect(status: 429, text: "<html>slow down</html>", wait: .seconds(1)),
        Dialect(status: 429, text: "", headers: [("Retry-After", "3")], wait: .seconds(3)),
        Dialect(status: 429, text: #"{"code":0,"msg":"","data":{}}"#, wait: .seconds(1)),
        Dialect(status: 429, text: #"{"code":11232,"msg":"?"}"#, wait: .seconds(1)),
        Dialect(status: 429, headers: [("x-ogw-ratelimit-reset", "-1")], wait: .seconds(1)),
        Dialect(status: 429, headers: [("x-ogw-ratelimit-reset", "9e9")], wait: .seconds(300)),
    ]

    @Test(arguments: dialects)
    func `everybody on the endpoint waits, others go on`(dialect: Dialect) async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("folders") && asked.earlier == 0
                ? .json(dialect.text, status: dialect.status, headers: dialect.headers)
                : .data("{}")
        }
        let waited = try await bench.waited {
            _ = try await bench.client.answer(to: FeishuCall(.folders, "a"))
        }
        #expect(waited == dialect.wait)
        #expect(bench.counters.snapshot.throttled == dialect.wait)
        let other = try await bench.waited {
            _ = try await bench.client.answer(to: FeishuCall(.task, "t"))
        }
        #expect(other == .zero)
    }

    @Test func `a call is throttled thirty times and goes on`() async throws {
        let bench = try FeishuBench { asked in
            guard asked.isFor("folders"), asked.earlier < 30 else { return .data("{}") }
            return .json(Self.words, status: 429, headers: [("x-ogw-ratelimit-reset", "10")])
        }
        let waited = try await bench.waited {
            _ = try await bench.client.answer(to: FeishuCall(.folders, "a"))
        }
        #expect(waited == .seconds(300))
    }

    @Test func `an endpoint that refuses all calls is given up after ten minutes`() async throws {
        let bench = try FeishuBench { asked in
            guard asked.isFor("folders") else { return .data("{}") }
            return .json(Self.words, status: 429, headers: [("x-ogw-ratelimit-reset", "60")])
        }
        var error: FeishuError?
        let waited = await bench.waited {
            error = await #expect(throws: FeishuError.self) {
                _ = try await bench.client.answer(to: FeishuCall(.folders, "a"))
            }
        }
        #expect(error?.meaning == .throttled)
        #expect(waited == .seconds(600))
    }

    @Test func `a quota that is used up is never retried`() async throws {
        let bench = try FeishuBench { _ in .refusal(400, 99_991_403) }
        let error = await #expect(throws: FeishuError.self) {
            _ = try await bench.client.answer(to: FeishuCall(.folders, "a"))
        }
        #expect(error?.meaning == .quota)
        #expect(bench.transport.asked("folders").count == 1)
    }

    @Test func `a host of links that refuses is left alone by all downloads`() async throws {
        let bench = try FeishuBench(
            ScriptedTransport.serving { asked in
                asked.earlier == 0
                    ? .body(429, [("Retry-After", "30")], []) : .file("bytes")
            }
        )
        var delivered: [Delivered] = []
        let waited = try await bench.waited {
            delivered = await bench.fetch(try ["a", "b", "c"].map { try .mail($0) })
        }
        #expect(delivered.map(\.words) == Array(repeating: "link 5", count: 3))
        #expect(waited >= .seconds(30) && waited < .seconds(31))
    }
}
