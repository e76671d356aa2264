import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct MailWalkTests {
    private static let inbox = #"{"id":"INBOX","name":"收件箱","folder_type":1}"#

    @Test func `every page of every folder is visited`() async throws {
        let bench = try FeishuBench { asked in
            if asked.isFor("folders") {
                return .data(
                    #"{"items":[\#(Self.inbox),{"id":"TRASH","name":"","parent_folder_id":0}]}"#
                )
            }
            guard asked.first("folder_id") == "INBOX" else {
                return .data(#"{"items":["m3"],"has_more":false}"#)
            }
            return asked.first("page_token") == nil
                ? .data(#"{"items":["m1"],"has_more":true,"page_token":"+/="}"#)
                : .data(#"{"items":["m2"],"has_more":false}"#)
        }
        #expect(try await walk(bench) == ["INBOX m1", "INBOX m2", "TRASH m3"])
        let lists = bench.transport.asked("/messages")
        #expect(
            lists.allSatisfy { $0.first("page_size") == "20" && $0.all("folder_id").count == 1 }
        )
        #expect(lists.map { $0.first("page_token") } == [nil, "+/=", nil])
        #expect(bench.transport.asked("folders").map { $0.first("folder_type") } == [nil])
    }

    @Test func `where system folders do not come by themselves both types are asked for`()
        async throws
    {
        let bench = try FeishuBench { asked in
            guard asked.isFor("folders") else { return .data(#"{"has_more":false}"#) }
            return asked.first("folder_type") == "1"
                ? .data(#"{"items":[\#(Self.inbox)]}"#)
                : .data(#"{"items":[{"id":"7","name":"own","folder_type":2}]}"#)
        }
        #expect(try await walk(bench) == ["7", "INBOX"])
        #expect(
            bench.transport.asked("folders").map { $0.first("folder_type") } == [nil, "1", "2"]
        )
    }

    @Test func `without INBOX the walk is incomplete, though all is visited`() async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("folders")
                ? .data(#"{"items":[{"id":"SENT","name":"Sent","folder_type":1}]}"#)
                : .data(#"{"items":["m1"],"has_more":false}"#)
        }
        var visited: [String] = []
        let error = await #expect(throws: SourceError.self) {
            try await walk(bench) { visited += $0 }
        }
        #expect(error?.kind == .incomplete)
        #expect(visited == ["SENT m1"])
    }

    @Test func `items that are no ids are counted and the others delivered`() async throws {
        let bench = try inboxBench { _ in
            .data(#"{"items":["m1",5,"","a\u0001b",null,"m2"],"has_more":false}"#)
        }
        var pages: [MailPage] = []
        _ = try await bench.parts.mail.walk(try .sample(), .all) { pages.append($0) }
        #expect(pages.map(\.unreadable) == [4])
        #expect(pages.flatMap(\.ids).map(\.rawValue) == ["m1", "m2"])
    }

    @Test func `a list that leads in a circle is incomplete`() async throws {
        let bench = try inboxBench { asked in
            .data(#"{"items":["m\#(asked.earlier)"],"has_more":true,"page_token":"T"}"#)
        }
        await expect(
            .incomplete,
            "mailbox a@corp.example, folder INBOX: the list leads in a circle",
            bench
        )
    }

    @Test func `an endless list of nothing new is incomplete`() async throws {
        let bench = try inboxBench { asked in
            .data(#"{"items":["m"],"has_more":true,"page_token":"T\#(asked.earlier)"}"#)
        }
        await expect(
            .incomplete,
            "mailbox a@corp.example, folder INBOX: 51 pages in a row hold nothing new",
            bench
        )
    }

    @Test func `a stale token begins the folder once more`() async throws {
        let bench = try inboxBench { asked in
            switch (asked.first("page_token"), asked.earlier) {
            case (nil, 0): .data(#"{"items":["m1"],"has_more":true,"page_token":"old"}"#)
            case ("old", _): .refusal(400, 1_230_001)
            case (nil, _): .data(#"{"items":["m1"],"has_more":true,"page_token":"new"}"#)
            default: .data(#"{"items":["m2"],"has_more":false}"#)
            }
        }
        #expect(try await walk(bench) == ["INBOX m1", "INBOX m1", "INBOX m2"])
    }

    @Test func `a token that is stale twice is incomplete`() async throws {
        let bench = try inboxBench { asked in
            asked.first("page_token") == nil
                ? .data(#"{"items":["m1"],"has_more":true,"page_token":"T"}"#)
                : .refusal(400, 1_230_001, "param error")
        }
        await expect(
            .incomplete,
            "mailbox a@corp.example, folder INBOX: message list: HTTP 400, code 1230001: "
                + "param error",
            bench
        )
        #expect(bench.transport.asked("/messages").count == 4)
    }

    @Test func `a folder that fails does not keep the others from being walked`() async throws {
        let bench = try FeishuBench { asked in
            if asked.isFor("folders") {
                return .data(#"{"items":[\#(Self.inbox),{"id":"SENT","name":"","folder_type":1}]}"#)
            }
            return asked.first("folder_id") == "INBOX"
                ? .data(#"{"items":{},"has_more":false}"#)
                : .data(#"{"items":["m1"],"has_more":false}"#)
        }
        var visited: [String] = []
        let error = await #expect(throws: SourceError.self) {
            try await walk(bench) { visited += $0 }
        }
        #expect(
            error?.detail
                == "mailbox a@corp.example, folder INBOX: message list: items is not a list"
        )
        #expect(visited == ["SENT m1"])
    }

    @Test func `a mailbox that may not be read is named with what to check`() async throws {
        let bench = try FeishuBench { _ in .refusal(403, 1_230_002, "no permission") }
        let error = await #expect(throws: SourceError.self) { try await walk(bench) }
        #expect(error?.kind == .forbidden)
        #expect(
            error?.detail
                == "mailbox a@corp.example: folders: HTTP 403, code 1230002: no permission"
        )
        #expect(error?.hint?.contains("mail data permission") == true)
        #expect(error?.hint?.contains("mail:user_mailbox.folder:read") == true)
    }

    @Test(arguments: [
        (400, 99_991_672, SourceError.Kind.forbidden), (200, 99_991_403, .quota),
        (400, 99_991_401, .credentials), (404, 4_711, .incomplete), (503, 4_711, .temporary),
    ])
    func `a refusal says what is wrong with the source`(
        status: Int,
        code: Int,
        kind: SourceError.Kind
    ) async throws {
        let bench = try FeishuBench { _ in .refusal(status, code) }
        let error = await #expect(throws: SourceError.self) { try await walk(bench) }
        #expect(error?.kind == kind)
    }

    @Test func `what a visitor throws comes out as it is`() async throws {
        struct Stop: Error, Equatable {}
        let bench = try inboxBench { _ in .data(#"{"items":["m1"],"has_more":false}"#) }
        await #expect(throws: Stop()) {
            _ = try await bench.parts.mail.walk(try .sample(), .all) { _ in throw Stop() }
        }
    }

    @Test func `a cancelled walk says so and asks for no more`() async throws {
        let bench = try inboxBench { _ in .failure(TransportError(.cancelled, "interrupted")) }
        let task = Task {
            _ = try await bench.client.answer(to: FeishuCall(.folders, "a@corp.example"))
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try await bench.parts.mail.walk(try .sample(), .all) { _ in }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(bench.transport.asked("/messages").count == 1)
    }

    private func inboxBench(_ list: @escaping ScriptedTransport.Script) throws -> FeishuBench {
        try FeishuBench { asked in
            asked.isFor("folders") ? .data(#"{"items":[\#(Self.inbox)]}"#) : list(asked)
        }
    }

    /// Folder and ids of each page.
    @discardableResult
    private func walk(
        _ bench: FeishuBench,
        _ visited: ([String]) -> Void = { _ in }
    ) async throws -> [String] {
        var lines: [String] = []
        _ = try await bench.parts.mail.walk(try .sample(), .all) { page in
            let line = ([page.folder.id.rawValue] + page.ids.map(\.rawValue)).joined(separator: " ")
            lines.append(line)
            visited([line])
        }
        return lines
    }

    private func expect(
        _ kind: SourceError.Kind,
        _ detail: String,
        _ bench: FeishuBench
    ) async {
        await #expect(throws: SourceError(kind, detail)) { _ = try await walk(bench) }
    }
}
