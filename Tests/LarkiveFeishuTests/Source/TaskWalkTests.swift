import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct TaskWalkTests {
    /// A tasklist of t1 with the subtask t2, which has t3 and, in a circle, t1.
    private static let tree: ScriptedTransport.Script = { asked in
        switch asked.path {
        case "/open-apis/task/v2/tasklists/L/tasks":
            .data(#"{"items":[{"guid":"t1","summary":"一","subtask_count":1}],"has_more":false}"#)
        case "/open-apis/task/v2/tasks/t1/subtasks":
            .data(#"{"items":[{"guid":"t2","summary":"two"}],"has_more":false,"page_token":""}"#)
        case "/open-apis/task/v2/tasks/t2/subtasks":
            .data(#"{"items":[{"guid":"t3","subtask_count":0},{"guid":"t1"}],"has_more":false}"#)
        case "/open-apis/task/v2/attachments":
            .data(#"{"items":[\#(item(asked.first("resource_id") ?? ""))],"has_more":false}"#)
        case "/open-apis/task/v2/tasks":
            .data(#"{"items":[{"guid":"t2"},{"guid":"t9"}],"has_more":false}"#)
        default: .refusal(404, 1_470_404)
        }
    }

    private static func item(_ task: String) -> String {
        #"{"guid":"a-\#(task)","file_token":"box1","name":"报价.xlsx","size":5,"#
            + #""uploader":{"id":"ou_1"},"uploaded_at":"1675742789470","url":"https://x/\#(task)"}"#
    }

    @Test func `tasks are visited with subtasks at any depth, each once`() async throws {
        let bench = try FeishuBench(Self.tree)
        let pages = try await walk(.tasklist(try .sample("L")), bench)
        #expect(pages.map(\.task.id.rawValue) == ["t1", "t2", "t3"])
        #expect(pages.map(\.task.parent?.rawValue) == [nil, "t1", "t2"])
        #expect(pages.map(\.task.summary) == ["一", "two", ""])
        #expect(pages.allSatisfy { $0.unreadable.isEmpty && $0.attachments.count == 1 })
        // t3 says that it has none.
        #expect(bench.transport.asked("/subtasks").count == 2)
        #expect(
            bench.transport.asked("attachments").allSatisfy { $0.first("resource_type") == "task" }
        )
        #expect(bench.transport.asked("L/tasks").allSatisfy { $0.first("page_size") == "100" })
    }

    @Test func `my tasks are visited with their subtasks, completed or not`() async throws {
        let bench = try FeishuBench(Self.tree)
        let pages = try await walk(.myTasks, bench)
        let visited = pages.map(\.task.id.rawValue)
        #expect(visited.first == "t2")
        #expect(visited.contains("t3") && visited.contains("t9"))
        let asked = try #require(bench.transport.asked.first { $0.path.hasSuffix("/v2/tasks") })
        #expect(asked.first("type") == "my_tasks")
        #expect(asked.first("page_size") == "100")
        #expect(asked.first("completed") == nil)
    }

    @Test func `an attachment is read with all that is known of it`() async throws {
        let bench = try FeishuBench(Self.tree)
        let page = try #require(try await walk(.tasklist(try .sample("L")), bench).first)
        let attachment = try #require(page.attachments.first)
        #expect(attachment.key.description == "task:t1/a-t1")
        #expect(attachment.size == 5)
        #expect(attachment.fileToken?.rawValue == "box1")
        guard case .task(let upload) = attachment.kind else {
            Issue.record("no task attachment")
            return
        }
        #expect(upload.uploader == "ou_1")
        #expect(upload.uploadedAt == Timestamp(milliseconds: 1_675_742_789_470))
        #expect(!JSONWriter.text(of: upload.evidence).contains("https://"))
    }

    @Test func `the link of a listing serves the first download`() async throws {
        let bench = try FeishuBench { asked in
            asked.url.hasPrefix("https://x/")
                ? .body(200, [("Content-Length", "5")], [Array("bytes".utf8)]) : Self.tree(asked)
        }
        let page = try #require(try await walk(.tasklist(try .sample("L")), bench).first)
        let results = await bench.fetch(page.attachments)
        #expect(results.map(\.words) == ["listing-link 5"])
        #expect(bench.counters.snapshot.linkCalls == 0)
    }

    @Test func `a single task is a root of its own`() async throws {
        let bench = try FeishuBench { asked in
            asked.path.hasSuffix("/tasks/t9")
                ? .data(#"{"task":{"guid":"t9","summary":"x","parent_task_guid":"t8"}}"#)
                : .data(#"{"has_more":false}"#)
        }
        let pages = try await walk(.task(try .sample("t9")), bench)
        #expect(pages.map(\.task.parent?.rawValue) == ["t8"])
    }

    @Test(arguments: [
        (404, 1_470_404, SourceError.Kind.gone), (403, 1_470_403, .forbidden),
        (500, 1_470_500, .temporary), (404, 4_711, .incomplete),
    ])
    func `a root that cannot be read is an error of the source`(
        status: Int,
        code: Int,
        kind: SourceError.Kind
    ) async throws {
        let bench = try FeishuBench { _ in .refusal(status, code) }
        for root in [TaskRoot.task(try .sample("t1")), .tasklist(try .sample("L"))] {
            let error = await #expect(throws: SourceError.self) { try await walk(root, bench) }
            #expect(error?.kind == kind)
        }
    }

    @Test(arguments: [
        (#"{"name":"x","size":1}"#, "attachment: guid is missing"),
        (#"{"guid":"","name":"x","size":1}"#, "attachment : guid is empty or no id"),
        (#"{"guid":"a","name":"x","size":"1"}"#, "attachment a: size is not an integer"),
        (#"{"guid":"a","name":"x","size":-1}"#, "attachment a: size is missing or negative"),
        (#"{"guid":"a","name":"x","size":1.0}"#, "attachment a: size is not an integer"),
        (#"{"guid":"a","name":5,"size":1}"#, "attachment a: name is not text"),
        (
            #"{"guid":"a","name":"x","size":1,"file_token":7}"#,
            "attachment a: file_token is not text"
        ),
        ("3", "attachment: it is no object"),
    ])
    func `a bad attachment is named and the others are listed`(
        item: String,
        words: String
    ) async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("v2/attachments")
                ? .data(#"{"items":[\#(item),{"guid":"b","name":"y","size":0}],"has_more":false}"#)
                : .data(#"{"task":{"guid":"t1","subtask_count":0}}"#)
        }
        let page = try #require(try await walk(.task(try .sample("t1")), bench).first)
        #expect(page.unreadable == [SourceError(.incomplete, "task t1: \(words)")])
        #expect(page.attachments.map(\.name) == ["y"])
    }

    @Test func `a task without a guid leaves the tasklist incomplete`() async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("L/tasks")
                ? .data(#"{"items":[{"summary":"x"},{"guid":"t2"}],"has_more":false}"#)
                : .data(#"{"has_more":false}"#)
        }
        var visited: [String] = []
        await #expect(
            throws: SourceError(
                .incomplete,
                "tasklist L: a task cannot be read: guid is missing"
            )
        ) {
            try await bench.parts.tasks.walk(.tasklist(try .sample("L"))) {
                visited.append($0.task.id.rawValue)
            }
        }
        #expect(visited == ["t2"])
    }

    @Test func `what is wrong with one task is told with it`() async throws {
        let bench = try FeishuBench { asked in
            if asked.isFor("L/tasks") {
                return .data(#"{"items":[{"guid":"t1"},{"guid":"t2"}],"has_more":false}"#)
            }
            let isFirst = asked.first("resource_id") == "t1"
            return isFirst ? .refusal(403, 1_470_403) : .data(#"{"has_more":false}"#)
        }
        let pages = try await walk(.tasklist(try .sample("L")), bench)
        #expect(
            pages.map { $0.unreadable.map(\.detail) } == [
                ["task t1, attachments: task attachments: HTTP 403, code 1470403: no"], [],
            ]
        )
    }

    @Test func `an outage ends the walk`() async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("L/tasks")
                ? .data(
                    #"{"items":[{"guid":"a"},{"guid":"b"},{"guid":"c"},{"guid":"d"}],"has_more":false}"#
                )
                : .refusal(500, 1_470_500)
        }
        let error = await #expect(throws: SourceError.self) {
            try await walk(.tasklist(try .sample("L")), bench)
        }
        #expect(error?.kind == .temporary)
    }

    @Test(arguments: [
        (403, 1_470_403, SourceError.Kind.forbidden), (404, 1_470_404, .gone),
    ])
    func `a task that may not be read or is gone says so by kind`(
        status: Int,
        code: Int,
        kind: SourceError.Kind
    ) async throws {
        let bench = try FeishuBench { asked in
            if asked.isFor("L/tasks") {
                return .data(#"{"items":[{"guid":"t1"},{"guid":"t2"}],"has_more":false}"#)
            }
            let isFirst = asked.first("resource_id") == "t1" || asked.isFor("t1/subtasks")
            return isFirst ? .refusal(status, code) : .data(#"{"has_more":false}"#)
        }
        let pages = try await walk(.tasklist(try .sample("L")), bench)
        #expect(pages.map { $0.unreadable.map(\.kind) } == [[kind, kind], []])
    }

    @Test func `many tasks are looked at ahead and visited one after another, in order`()
        async throws
    {
        let names = (0..<40).map { "t\($0)" }
        let items = names.map { #"{"guid":"\#($0)"}"# }.joined(separator: ",")
        let bench = try FeishuBench { asked in
            if asked.isFor("L/tasks") {
                return .data(#"{"items":[\#(items)],"has_more":false}"#)
            }
            // Each of the first has a child, which is also the child of the next.
            guard asked.isFor("/subtasks"), asked.isFor("tasks/t1") else {
                return .data(#"{"has_more":false}"#)
            }
            return .data(#"{"items":[{"guid":"child"},{"guid":"t0"}],"has_more":false}"#)
        }
        let pages = try await walk(.tasklist(try .sample("L")), bench)
        let visited = pages.map(\.task.id.rawValue)
        #expect(visited.filter { $0 != "child" } == names)
        #expect(visited.count == 41)
        let child = try #require(visited.firstIndex(of: "child"))
        #expect(child > 1)
        #expect(bench.transport.asked("v2/attachments").count == 41)
    }

    @discardableResult
    private func walk(_ root: TaskRoot, _ bench: FeishuBench) async throws -> [TaskPage] {
        var pages: [TaskPage] = []
        try await bench.parts.tasks.walk(root) { pages.append($0) }
        return pages
    }
}
