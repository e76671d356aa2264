import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct EnvelopeTests {
    @Test func `an answer has code, words, data and a log id`() throws {
        let text = #"{"code":7,"msg":"no","data":{"a":1},"error":{"log_id":"L1"}}"#
        let envelope = try #require(Envelope(Array(text.utf8), HeaderLines()))
        #expect(envelope.code == 7)
        #expect(envelope.msg == "no")
        #expect(envelope.data == ["a": 1])
        #expect(envelope.logID == "L1")
    }

    @Test(arguments: [
        (#"{"code":1,"error":{"logid":"L2"}}"#, [:], "L2"),
        (#"{"code":1,"error":{"log_id":"L1"}}"#, ["x-tt-logid": "L3"], "L3"),
    ])
    func `the log id is found where it is`(
        text: String,
        headers: [String: String],
        id: String
    ) throws {
        let lines = HeaderLines(headers.map { ($0.key, $0.value) })
        #expect(try #require(Envelope(Array(text.utf8), lines)).logID == id)
    }

    @Test(arguments: [
        "", "<html>502</html>", "404 page not found", "[]", "{}", #"{"code":"0"}"#,
        #"{"code":0.5}"#, #"{"code":0"#, #"{"code":99999999999999999999}"#, #"{"code":0} x"#,
    ])
    func `anything else is no envelope`(text: String) {
        #expect(Envelope(Array(text.utf8), HeaderLines()) == nil)
    }

    @Test func `the platform's words are made plain and short`() {
        #expect(PlainText.short("a\u{1B}[31m\nb") == "a [31m b")
        #expect(PlainText.short(String(repeating: "x", count: 999)).count == PlainText.longest)
    }

    @Test(arguments: [
        (Endpoint.folders, 403, 1_230_002, Decision(.human, .forbidden)),
        (.messages, 500, 1_230_003, Decision(.again, .server)),
        (.batchGet, 400, 1_230_003, Decision(.never, .mailboxMissing)),
        (.batchGet, 400, 1_230_006, Decision(.never, .notFound)),
        (.batchGet, 403, 1_230_005, Decision(.human, .forbidden)),
        (.batchGet, 500, 1_230_004, Decision(.again, .server)),
        (.message, 404, 1_234_034, Decision(.never, .notFound)),
        (.message, 404, 1_235_013, Decision(.never, .mailboxMissing)),
        (.downloadURL, 403, 1_230_002, Decision(.again, .mayBePermission)),
        (.downloadURL, 500, 1_230_003, Decision(.again, .mayBePermission)),
        (.taskAttachment, 404, 1_470_404, Decision(.never, .notFound)),
        (.tasklistTasks, 403, 1_470_403, Decision(.human, .forbidden)),
        (.subtasks, 500, 1_470_500, Decision(.again, .server)),
        (.tenantToken, 200, 10_014, Decision(.human, .credentials)),
        (.tenantToken, 200, 99_991_543, Decision(.human, .credentials)),
        (.tenantToken, 200, 4_711, Decision(.human, .credentials)),
        (.messages, 400, 99_991_663, Decision(.again, .token)),
        (.messages, 400, 99_991_672, Decision(.human, .scope)),
        (.messages, 400, 99_991_676, Decision(.human, .scope)),
        (.messages, 400, 99_991_679, Decision(.human, .scope)),
        (.messages, 200, 99_991_400, Decision(.again, .throttled)),
        (.messages, 400, 99_991_400, Decision(.again, .throttled)),
        (.messages, 429, 99_991_400, Decision(.again, .throttled)),
        (.messages, 200, 99_991_403, Decision(.fatal, .quota)),
    ])
    func `a refusal is decided by endpoint, status and code`(
        endpoint: Endpoint,
        status: Int,
        code: Int64,
        decision: Decision
    ) {
        #expect(ErrorTable.decision(endpoint, status, code) == decision)
    }

    @Test(arguments: [
        (400, Decision(.never, .badRequest)), (403, Decision(.human, .forbidden)),
        (404, Decision(.never, .badRequest)), (429, Decision(.again, .throttled)),
        (503, Decision(.again, .server)), (200, Decision(.later, .unexpected)),
    ])
    func `an unknown refusal is decided by its status`(status: Int, decision: Decision) {
        #expect(ErrorTable.decision(.message, status, 424_242) == decision)
    }

    @Test func `nothing unknown is ever taken for gone`() {
        for endpoint in Endpoint.allCases {
            for status in 200..<600 {
                let meaning = ErrorTable.decision(endpoint, status, 424_242).meaning
                #expect(meaning != .notFound && meaning != .mailboxMissing)
            }
        }
    }

    @Test(arguments: [
        (502, Decision(.again, .server)), (429, Decision(.again, .throttled)),
        (404, Decision(.never, .badRequest)), (302, Decision(.never, .badRequest)),
        (200, Decision(.again, .malformed)),
    ])
    func `an answer that is not JSON is decided by its status`(status: Int, decision: Decision) {
        #expect(ErrorTable.decision(notJSON: status) == decision)
    }
}
