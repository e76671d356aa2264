import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct InlineBodyTests {
    private static let file = Array("quarterly figures".utf8)
    private static let answer = #"""
        {"code":0,"data":{"messages":[{"message_id":"m1","body_html":"","attachments":[
        {"body":"\#(Base64Text.of(file))","id":"a","filename":"x.txt"},{"id":"b","filename":"y"}]},
        {"message_id":"m2","attachments":[{"id":"a","filename":"z","body":"TWFu"}]}]}}
        """#

    @Test func `files that come inside of an answer need no link`() async throws {
        let store = MemoryScratches()
        let bench = try FeishuBench { _ in
            .json(Self.answer, headers: [("X-Tt-Logid", "L7")])
        }
        let answers = try await bench.read(["m1", "m2"], into: store)
        #expect(answers.messages == ["m1", "m2"])
        #expect(
            answers.files == ["mail:a@corp.example/m1/a": 17, "mail:a@corp.example/m2/a": 3]
        )
        let received = try #require(answers.bodies.values.first)
        #expect(received.via == .inline)
        #expect(received.evidence == ["log_id": "L7"])
        #expect(await store.scratches.first?.bytes == Self.file)
        #expect(await store.discarded == [false, false])
        #expect(bench.transport.asked("messages").count == 1)
    }

    @Test func `files that nobody wants are read over`() async throws {
        let bench = try FeishuBench { _ in .json(Self.answer) }
        let answers = try await bench.read(["m1", "m2"], into: nil)
        #expect(answers.messages == ["m1", "m2"])
        #expect(answers.bodies.isEmpty)
    }

    @Test(arguments: 1..<answer.utf8.count)
    func `an answer that breaks off is asked for again and leaves nothing`(
        at place: Int
    )
        async throws
    {
        let store = MemoryScratches()
        let bench = try FeishuBench { asked in
            let piece = Array(Self.answer.utf8.prefix(place))
            return asked.earlier == 0
                ? .body(200, [], [piece], end: TransportError(.cut, "reset")) : .json(Self.answer)
        }
        let answers = try await bench.read(["m1", "m2"], into: store)
        #expect(answers.files.count == 2)
        #expect(bench.transport.asked("messages").count == 2)
        #expect(await store.discarded.count { !$0 } == 2)
    }

    @Test func `answers that always break off fail their messages, not the mailbox`() async throws {
        let store = MemoryScratches()
        let bench = try FeishuBench { _ in
            .body(200, [], [Array(Self.answer.utf8.dropLast())], end: TransportError(.cut, "cut"))
        }
        let answers = try await bench.read(["m1", "m2"], into: store)
        #expect(answers.words.values.allSatisfy { $0.hasPrefix("failed bad_answer") })
        #expect(answers.bodies.isEmpty)
        #expect(await store.discarded.allSatisfy { $0 })
        #expect(bench.transport.asked("messages").count < 12)
    }

    @Test func `a refusal is a refusal, whatever else the answer holds`() async throws {
        let store = MemoryScratches()
        let bench = try FeishuBench { asked in
            .json(Self.answer.replacing(#""code":0"#, with: #""code":99991672"#), status: 400)
        }
        let error = await #expect(throws: SourceError.self) {
            try await bench.read(["m1", "m2"], into: store)
        }
        #expect(error?.kind == .forbidden)
        #expect(await store.discarded == [true, true])
    }

    @Test func `a store that takes nothing costs the files and nothing else`() async throws {
        let store = MemoryScratches(failing: StoreError(.noSpace, "full"))
        let bench = try FeishuBench { _ in .json(Self.answer) }
        let answers = try await bench.read(["m1", "m2"], into: store)
        #expect(answers.messages == ["m1", "m2"])
        #expect(answers.bodies.isEmpty)
        #expect(await store.discarded.allSatisfy { $0 })
    }

    @Test(arguments: [
        (#"{"message_id":"m1","attachments":[{"id":"a","body":"TWFu"}]}"#, "failed bad_answer"),
        (
            #"{"message_id":"m1","attachments":[{"filename":"x","body":"TWFu"}]}"#,
            "failed bad_answer"
        ),
        (
            #"{"message_id":"m1","attachments":[{"id":"a","filename":"x","body":"TWFu"},{"id":"a","filename":"x","body":"TWFu"}]}"#,
            "failed bad_answer"
        ),
        (
            #"{"message_id":"m1","attachments":[{"id":"a","filename":"x","body":"TW+u"}]}"#,
            "message"
        ),
        (
            #"{"message_id":"m1","attachments":[{"id":"a","filename":"x","attachment_type":2,"body":"TWFu"}]}"#,
            "message"
        ),
        (
            #"{"message_id":"m1","attachments":[{"id":"a","filename":"x","body":"TWFu"}]},{"message_id":"m1"}"#,
            "failed bad_answer"
        ),
    ])
    func `a file whose place is in doubt is let go`(item: String, words: String) async throws {
        let store = MemoryScratches()
        let bench = try FeishuBench { _ in
            .data(#"{"messages":[\#(item),{"message_id":"m9","attachments":[{"body":"TWFu"}]}]}"#)
        }
        let answers = try await bench.read(["m1"], into: store)
        #expect(answers.words["m1"]?.hasPrefix(words) == true)
        #expect(answers.bodies.isEmpty)
        #expect(await store.discarded.allSatisfy { $0 })
    }

    @Test func `an answer that is declared too large is asked for in halves`() async throws {
        let bench = try FeishuBench { asked in
            let count = asked.wanted.count
            guard count > 5 else { return .answering(asked) }
            return .body(200, [("Content-Length", "\(count * 60 << 20)")], [])
        }
        let ids = (1...20).map { "m\($0)" }
        let answers = try await bench.read(ids, into: MemoryScratches())
        #expect(answers.messages == Set(ids))
        #expect(bench.transport.asked("messages").map(\.wanted.count) == [20, 10, 5, 5, 10, 5, 5])
    }

    @Test func `files of halves that were read are let go when the mailbox is lost`() async throws {
        let store = MemoryScratches()
        let bench = try FeishuBench { asked in
            if asked.wanted.count > 1 { return .refusal(400, 1_230_006) }
            return asked.wanted == ["m1"]
                ? .data(
                    #"{"messages":[{"message_id":"m1","attachments":[{"id":"a","filename":"x","body":"TWFu"}]}]}"#
                ) : .refusal(200, 99_991_403)
        }
        await #expect(throws: SourceError.self) { try await bench.read(["m1", "m2"], into: store) }
        #expect(await store.discarded == [true])
    }

    @Test func `so many files are taken from one answer, the others keep their links`() async throws
    {
        let items = (1...105).map { #"{"id":"a\#($0)","filename":"x","body":"TWFu"}"# }
        let bench = try FeishuBench { _ in
            .data(
                #"{"messages":[{"message_id":"m1","attachments":[\#(items.joined(separator: ","))]}]}"#
            )
        }
        let answers = try await bench.read(["m1"], into: MemoryScratches())
        #expect(answers.messages == ["m1"])
        #expect(answers.bodies.count == AnswerLimits.mostBodies)
    }

    @Test func `a single message may carry files as well`() async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("batch_get")
                ? .refusal(400, 1_230_006)
                : .data(
                    #"{"message":{"message_id":"m1","attachments":[{"id":"a","filename":"x","body":"TWFu"}]}}"#
                )
        }
        let answers = try await bench.read(["m1"], into: MemoryScratches())
        #expect(answers.files == ["mail:a@corp.example/m1/a": 3])
    }

    @Test(arguments: [(1 << 10, false), (4 << 20, true)])
    func `an answer that trickles is given up`(portion: Int, isRead: Bool) async throws {
        let ticker = StepTicker()
        var answer = HTTPAnswer(
            status: 200,
            headers: HeaderLines(),
            body: Trickle(ticker: ticker, portion: portion)
        )
        let read = try await StreamedAnswer(messages: 20, into: nil).read(&answer, ticker)
        #expect((read.object != nil) == isRead)
    }
}

/// A file of 16 MiB, a piece of it each 30 seconds.
private struct Trickle: BodyStream {
    let ticker: StepTicker
    let portion: Int
    var left = 16 << 20
    var phase = 0

    mutating func next() async throws(TransportError) -> [UInt8]? {
        ticker.advance(by: .seconds(30))
        phase += 1
        if phase == 1 { return Array(#"{"data":{"messages":[{"body_html":""#.utf8) }
        guard left > 0 else { return phase == 0 ? nil : end() }
        left -= portion
        return Array(repeating: UInt8(ascii: "A"), count: portion)
    }

    private mutating func end() -> [UInt8] {
        phase = -1
        return Array(#""}]}}"#.utf8)
    }
}

extension FeishuBench {
    @discardableResult
    func read(_ ids: [String], into store: (any ScratchStore)?) async throws -> MailAnswers {
        try await parts.mail.read(try ids.map { try .sample($0) }, in: try .sample(), into: store)
    }
}

extension MailAnswers {
    /// The sizes of the files that came along.
    fileprivate var files: [String: Int64] {
        Dictionary(uniqueKeysWithValues: bodies.map { ("\($0.key)", $0.value.staged.size) })
    }
}

extension MemoryScratches {
    fileprivate var discarded: [Bool] {
        get async {
            var discarded: [Bool] = []
            for scratch in scratches { discarded.append(await scratch.isDiscarded) }
            return discarded
        }
    }
}
