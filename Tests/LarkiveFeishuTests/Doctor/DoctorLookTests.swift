import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct DoctorLookTests {
    private static let folders =
        #"{"items":[{"id":"INBOX","name":"In"},{"id":"SENT","name":"Out"}]}"#
    private static let page = #"{"items":["m1","m2","m3","m4","m5","m6"],"has_more":true}"#

    @Test func `a mailbox is proven by one message, and only GET is used`() async throws {
        let bench = try Self.bench { _ in
            .data(#"{"message":{"message_id":"m1","subject":"","head_from":{},"body_html":""}}"#)
        }
        let look = try await Self.mailbox(bench)
        #expect(look.isReachable && look.proof == .proven && look.failures.isEmpty)
        #expect(look.canary == "m1" && look.items == 6 && look.hasMore)
        #expect(look.hiddenBy.isEmpty)
        #expect(bench.transport.asked.map(\.verb) == ["POST", "GET", "GET", "GET"])
    }

    @Test func `five messages that show nothing make a mailbox blind`() async throws {
        let bench = try Self.bench { _ in
            .data(#"{"message":{"message_id":"m1","body_preview":"eA","internal_date":"1000"}}"#)
        }
        let look = try await Self.mailbox(bench)
        #expect(look.proof == .blind && look.examined == 5 && look.canary == "m5")
        #expect(look.newest == Timestamp(milliseconds: 1_000))
        #expect(
            look.hiddenBy == [
                "mail:user_mailbox.message.address:read", "mail:user_mailbox.message.subject:read",
            ]
        )
    }

    @Test func `messages that are gone by now are passed over`() async throws {
        let bench = try Self.bench { asked in
            asked.isFor("m3")
                ? .data(#"{"message":{"attachments":[]}}"#) : .refusal(404, 1_234_034)
        }
        let look = try await Self.mailbox(bench)
        #expect(look.proof == .proven && look.canary == "m3" && look.failures.isEmpty)
    }

    @Test func `an empty inbox leads to the next folder, an empty mailbox to no error`()
        async throws
    {
        let bench = try FeishuBench { asked in
            if asked.isFor("folders") { return .data(Self.folders) }
            if asked.isFor("m1") { return .data(#"{"message":{"body_html":""}}"#) }
            return asked.first("folder_id") == "SENT"
                ? .data(#"{"items":["m1"],"has_more":false}"#) : .data(#"{"has_more":false}"#)
        }
        #expect(try await Self.mailbox(bench).proof == .proven)
        let empty = try FeishuBench { asked in
            .data(asked.isFor("folders") ? Self.folders : #"{"has_more":false}"#)
        }
        let look = try await Self.mailbox(empty)
        #expect(look.proof == .notYet && look.failures.isEmpty && look.items == 0)
    }

    @Test func `a mailbox that may not be read is told once`() async throws {
        let bench = try FeishuBench { _ in .refusal(403, 1_230_002) }
        let look = try await Self.mailbox(bench)
        #expect(look.failures.map(\.kind) == [.forbidden])
        #expect(look.failures.first?.hint?.contains("data permission") == true)
        #expect(!look.isReachable && look.proof == .notYet)
    }

    @Test func `without the scope for folders the others are looked at all the same`() async throws
    {
        let bench = try FeishuBench { asked in
            if asked.isFor("folders") { return .refusal(400, 99_991_672) }
            return asked.isFor("m1")
                ? .data(#"{"message":{"body_html":""}}"#)
                : .data(#"{"items":["m1"],"has_more":false}"#)
        }
        let look = try await Self.mailbox(bench)
        #expect(look.failures.first?.hint?.contains("mail:user_mailbox.folder:read") == true)
        #expect(look.failures.count == 1 && look.proof == .proven)
    }

    @Test func `a tasklist is proven by its first task`() async throws {
        let bench = try FeishuBench { asked in
            if asked.isFor("tasklists") {
                return .data(#"{"items":[{"guid":"t1"},{"guid":"t2"}],"has_more":false}"#)
            }
            return asked.isFor("attachments")
                ? .data(#"{"items":[{"uploaded_at":"5000"}],"has_more":false}"#)
                : .data(#"{"has_more":false}"#)
        }
        let look = await bench.parts.doctor.look(at: .tasklist(try .sample("l1")), .all)
        #expect(look.proof == .proven && look.canary == "t1" && look.items == 2)
        #expect(look.newest == Timestamp(milliseconds: 5_000))
        #expect(bench.transport.asked.count == 4)
    }

    @Test(arguments: ["attachments", "subtasks"])
    func `a scope that only some task calls need is missed`(part: String) async throws {
        let bench = try FeishuBench { asked in
            if asked.isFor(part) { return .refusal(400, 99_991_672) }
            return .data(#"{"task":{"guid":"t1"},"has_more":false}"#)
        }
        let look = await bench.parts.doctor.look(at: .task(try .sample("t1")), .all)
        #expect(look.isReachable && look.proof == .notYet)
        let scope = part == "attachments" ? "task:attachment:read" : "task:task:read"
        #expect(look.failures.first?.hint?.contains(scope) == true)
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37.000Z"),
        ("Thu, 29 Feb 2024 23:59:59 GMT", "2024-02-29T23:59:59.000Z"),
        ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 31 Feb 2024 00:00:00 GMT", nil),
        ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("soon", nil), ("", nil),
    ])
    func `the date of an answer is read as servers must write it`(text: String, date: String?) {
        #expect(HTTPDate.read(text)?.description == date)
    }

    @Test(arguments: [0, 100, -3_600])
    func `the clock is compared with half of the round trip as error`(ahead: Int64) throws {
        let headers = HeaderLines([("Date", "Sun, 06 Nov 1994 08:49:37 GMT")])
        let reading = try #require(
            ClockReading(headers, sent: .seconds(10), answered: .seconds(12))
        )
        let date = try #require(HTTPDate.read("Sun, 06 Nov 1994 08:49:37 GMT"))
        // Asked for nine seconds after the middle of the call; half a second is not in the date.
        let wall = Timestamp(milliseconds: date.milliseconds + 9_500).advanced(bySeconds: ahead)
        let offset = ClockOffset(reading, wall: wall, tick: .seconds(20))
        #expect(offset.seconds == Double(ahead) && offset.error == 1.5)
    }

    @Test func `the answer with the shortest round trip tells the time`() throws {
        let box = CounterBox()
        let headers = HeaderLines([("Date", "Sun, 06 Nov 1994 08:49:37 GMT")])
        for trip in [3, 1, 2] { box.answered(headers, sent: .zero, at: .seconds(trip)) }
        box.answered(HeaderLines(), sent: .zero, at: .zero)
        #expect(box.snapshot.clock?.roundTrip == .seconds(1))
    }

    private static func bench(
        _ message: @escaping @Sendable (ScriptedTransport.Asked) -> ScriptedTransport.Reply
    ) throws -> FeishuBench {
        try FeishuBench { asked in
            if asked.isFor("folders") { return .data(folders) }
            return asked.isFor("messages/") ? message(asked) : .data(page)
        }
    }

    private static func mailbox(_ bench: FeishuBench) async throws -> SourceLook {
        await bench.parts.doctor.look(at: .mail(try .sample()), .all)
    }
}
