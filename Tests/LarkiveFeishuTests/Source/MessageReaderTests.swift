import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct MessageReaderTests {
    private static let twenty = (1...20).map { "m\($0)" }

    @Test func `twenty messages are read in one call`() async throws {
        let bench = try FeishuBench { .answering($0) }
        let answers = try await read(Self.twenty, bench)
        #expect(answers.messages.count == 20)
        #expect(bench.transport.asked("messages").map(\.verb) == ["POST"])
        #expect(
            bench.transport.asked("messages").first?.body?.contains(#""format":"full""#) == true
        )
    }

    @Test(arguments: twenty)
    func `one bad id does not keep the other nineteen from being read`(bad: String) async throws {
        let bench = try FeishuBench { asked in
            guard asked.isFor("batch_get") else { return .refusal(404, 1_234_034) }
            return asked.wanted.contains(bad) ? .refusal(400, 1_230_006) : .answering(asked)
        }
        let answers = try await read(Self.twenty, bench)
        #expect(answers.messages == Set(Self.twenty).subtracting([bad]))
        #expect(answers.words[bad] == "gone")
        #expect(answers.answers.count == 20)
    }

    @Test(arguments: [
        ScriptedTransport.Reply.json("{"), .json("<html>", status: 502), .refusal(500, 1_230_004),
        .refusal(403, 1_230_005), .failure(.tooLarge(64 << 20)),
    ])
    func `a message that spoils every answer spoils only itself`(
        spoilt: ScriptedTransport.Reply
    ) async throws {
        let bench = try FeishuBench { asked in
            asked.wanted.contains("m7") ? spoilt : .answering(asked)
        }
        let answers = try await read(Self.twenty, bench)
        #expect(answers.messages == Set(Self.twenty).subtracting(["m7"]))
        #expect(answers.words["m7"]?.hasPrefix("failed") == true)
    }

    @Test func `ids that miss from an answer are asked for alone`() async throws {
        let bench = try FeishuBench { asked in
            guard asked.isFor("batch_get") else {
                return asked.wanted == ["m3"] ? .answering(asked) : .refusal(404, 1_234_034)
            }
            return .answering(asked, without: ["m2", "m3"])
        }
        let answers = try await read(["m1", "m2", "m3"], bench)
        #expect(answers.messages == ["m1", "m3"])
        #expect(answers.words["m2"] == "gone")
        #expect(bench.transport.asked("messages/m").count == 2)
    }

    @Test(arguments: [
        (#"{"message_id":"m1","attachments":{}}"#, "attachments is not a list"),
        (#"{"message_id":"m1","attachments":[5]}"#, "an attachment is no object"),
        (#"{"message_id":"m1","attachments":[{"filename":"x"}]}"#, "id is missing"),
        (#"{"message_id":"m1","attachments":[{"id":"","filename":"x"}]}"#, "id is empty or no id"),
        (
            #"{"message_id":"m1","attachments":[{"id":"a\u0007","filename":"x"}]}"#,
            "id is empty or no id"
        ),
        (#"{"message_id":"m1","attachments":[{"id":"a"}]}"#, "filename is missing"),
        (
            #"{"message_id":"m1","attachments":[{"id":"a","filename":"x"},{"id":"a","filename":"y"}]}"#,
            "two attachments have the id a"
        ),
        (
            #"{"message_id":"m1","attachments":[{"id":"a","filename":"x","attachment_type":"1"}]}"#,
            "attachment_type is not an integer"
        ),
        (#"{"message_id":"m1","subject":5}"#, "subject is not text"),
        (
            #"{"message_id":"m1","internal_date":"soon"}"#,
            "internal_date is no time in milliseconds"
        ),
    ])
    func `a malformed message fails and the others are read`(
        item: String,
        words: String
    ) async throws {
        let bench = try FeishuBench { _ in
            .data(#"{"messages":[\#(item),{"message_id":"m2","body_html":""}]}"#)
        }
        let answers = try await read(["m1", "m2"], bench)
        #expect(answers.words == ["m1": "failed bad_answer \(words)", "m2": "message"])
    }

    @Test func `a message that stands twice in one answer fails`() async throws {
        let bench = try FeishuBench { _ in
            .data(#"{"messages":[{"message_id":"m1"},{"message_id":"m1","subject":"x"}]}"#)
        }
        let answers = try await read(["m1"], bench)
        #expect(answers.words == ["m1": "failed bad_answer it stands twice in one answer"])
    }

    @Test func `an item without an id costs its message a call of its own`() async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("batch_get")
                ? .data(#"{"messages":[{"subject":"x"},7,{"message_id":"other"}]}"#)
                : .data(#"{"message":{"subject":"x"}}"#)
        }
        let answers = try await read(["m1"], bench)
        #expect(answers.words == ["m1": "failed bad_answer message_id is missing"])
        #expect(answers.answers.count == 1)
    }

    @Test(arguments: [
        (#"{"message_id":"m1","body_html":""}"#, true),
        (#"{"message_id":"m1","body_plain_text":"eA"}"#, true),
        (#"{"message_id":"m1","attachments":[]}"#, true),
        (#"{"message_id":"m1","body_preview":"eA"}"#, false),
    ])
    func `an answer proves when it shows bodies or attachments`(
        item: String,
        proves: Bool
    ) async throws {
        let bench = try FeishuBench { _ in .data(#"{"messages":[\#(item)]}"#) }
        #expect(try await read(["m1"], bench).proves == proves)
    }

    @Test func `an outage is not asked about message by message`() async throws {
        let bench = try FeishuBench { _ in .refusal(500, 1_230_004) }
        let error = await #expect(throws: SourceError.self) { try await read(Self.twenty, bench) }
        #expect(error?.kind == .temporary)
        #expect(bench.transport.asked("messages").count < 40)
    }

    @Test(arguments: [
        (403, 1_230_005, SourceError.Kind.forbidden), (400, 1_230_003, .gone),
        (400, 99_991_672, .forbidden), (200, 99_991_403, .quota),
    ])
    func `a mailbox that cannot be read is an error of the source`(
        status: Int,
        code: Int,
        kind: SourceError.Kind
    ) async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("batch_get") ? .refusal(status, code) : .refusal(403, 1_234_017)
        }
        let error = await #expect(throws: SourceError.self) { try await read(Self.twenty, bench) }
        #expect(error?.kind == kind)
    }

    @Test func `a message is read with all that is known of it`() async throws {
        let bench = try FeishuBench { _ in
            .data(
                #"""
                {"messages":[{"message_id":"m/1==","subject":"季度报告","internal_date":"1763700000123",
                "message_state":3,"head_from":{"mail_address":"b@corp.example","name":"王芳"},
                "body_html":"PGI-","body_preview":"eA","url":"https://secret","folder_id":"DRAFT",
                "attachments":[{"id":"A1","filename":"报价.xlsx","attachment_type":2,"is_inline":true,
                "cid":"c1","body":"AAAA","download_url":"https://secret"}]}]}
                """#
            )
        }
        let answers = try await read(["m/1=="], bench)
        guard case .message(let message) = answers.answers[try .sample("m/1==")] else {
            Issue.record("no message")
            return
        }
        #expect(message.subject == "季度报告")
        #expect(message.senderAddress == "b@corp.example")
        #expect(message.senderName == "王芳")
        #expect(message.date == Timestamp(milliseconds: 1_763_700_000_123))
        #expect(message.isDraft)
        let part = try #require(message.attachments.first)
        #expect(part.key.description == "mail:a@corp.example/m%2F1%3D%3D/A1")
        #expect(part.kind == .mail(MailPart(type: 2, isInline: true, contentID: "c1")))
        #expect(part.size == nil)
        let evidence = JSONWriter.text(of: message.evidence)
        #expect(evidence.contains(#""folder_id":"DRAFT""#))
        #expect(evidence.contains(#"{"id":"A1","filename":"报价.xlsx""#))
        for secret in ["PGI-", "AAAA", "https://secret", "body"] {
            #expect(!evidence.contains(secret))
        }
    }

    @discardableResult
    private func read(_ ids: [String], _ bench: FeishuBench) async throws -> MailAnswers {
        try await bench.parts.mail.read(
            try ids.map { try .sample($0) },
            in: try .sample(),
            into: nil
        )
    }
}

extension ScriptedTransport.Asked {
    /// The message ids of a batch or of a single call.
    var wanted: Set<String> {
        guard let body, let json = try? JSONReader.read(Array(body.utf8)) else {
            return [path.split(separator: "/").last.map(String.init) ?? ""]
        }
        return Set((json["message_ids"]?.array ?? []).compactMap(\.string))
    }
}

extension ScriptedTransport.Reply {
    /// Good messages for all that is asked for.
    static func answering(
        _ asked: ScriptedTransport.Asked,
        without: Set<String> = []
    ) -> ScriptedTransport.Reply {
        let items = asked.wanted.subtracting(without).map {
            #"{"message_id":"\#($0)","body_html":""}"#
        }
        let single = #"{"message":\#(items.first ?? "null")}"#
        let batch = #"{"messages":[\#(items.joined(separator: ","))]}"#
        return .data(asked.isFor("batch_get") ? batch : single)
    }
}

extension MailAnswers {
    /// The ids that were answered with a message.
    var messages: Set<String> { Set(words.filter { $0.value == "message" }.keys) }

    var words: [String: String] {
        Dictionary(
            uniqueKeysWithValues: answers.map { id, answer in
                switch answer {
                case .message: (id.rawValue, "message")
                case .gone: (id.rawValue, "gone")
                case .failed(let reason, let detail):
                    (id.rawValue, "failed \(reason.rawValue) \(detail)")
                }
            }
        )
    }
}
