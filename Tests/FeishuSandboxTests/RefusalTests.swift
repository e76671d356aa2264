import Testing

@testable import FeishuSandbox

@Suite struct RefusalTests {
    private static let tokenPath = "/open-apis/auth/v3/tenant_access_token/internal"

    private static let table: [(String, Verdict)] = [
        (SmallWorld.mailbox + "/folders?folder_type=3", Verdict(400, 1_230_001)),
        (SmallWorld.mailbox + "/messages?page_size=5", Verdict(400, 1_230_001)),
        (SmallWorld.mailbox + "/messages?page_size=5&folder_id=X", Verdict(400, 1_230_001)),
        (SmallWorld.mailbox + "/messages/none", Verdict(404, 1_234_034)),
        (SmallWorld.message + "?format=raw", Verdict(400, 1_234_008)),
        (SmallWorld.message + "/attachments/download_url", Verdict(400, 1_230_001)),
        ("/open-apis/mail/v1/user_mailboxes/me/folders", Verdict(400, 1_230_005)),
        ("/open-apis/mail/v1/user_mailboxes/no/folders", Verdict(403, 1_230_002)),
        ("/open-apis/mail/v1/user_mailboxes/no/messages/x", Verdict(404, 1_235_013)),
        ("/open-apis/task/v2/tasks/none", Verdict(404, 1_470_404)),
        ("/open-apis/task/v2/tasks/none/subtasks", Verdict(404, 1_470_404)),
        ("/open-apis/task/v2/tasklists/none/tasks", Verdict(404, 1_470_404)),
        ("/open-apis/task/v2/attachments", Verdict(400, 1_470_400)),
        ("/open-apis/task/v2/attachments?resource_id=none", Verdict(404, 1_470_404)),
        ("/open-apis/task/v2/attachments/none", Verdict(404, 1_470_404)),
    ]

    @Test(arguments: table)
    func `a refusal has its page's status and code`(target: String, verdict: Verdict) throws {
        var visitor = try Visitor(SmallWorld.world)
        #expect(try visitor.get(target).verdict == verdict)
    }

    @Test(arguments: table.map(\.0))
    func `authorization is looked at before anything else`(target: String) throws {
        var visitor = try Visitor(SmallWorld.world)
        for (header, code) in [
            (nil, 99_991_661), ("Bearer ", 99_991_661), ("Basic x", 99_991_661),
            ("Bearer t-old", 99_991_663), ("Bearer u-1", 99_991_668), ("Bearer x", 99_991_671),
        ] as [(String?, Int64)] {
            visitor.authorization = header
            #expect(try visitor.get(target).verdict == Verdict(400, code))
        }
    }

    @Test func `a refusal carries its log id twice`() throws {
        var visitor = try Visitor(SmallWorld.world)
        let answer = visitor.get("/open-apis/task/v2/tasks/none")
        let logID = try answer.json["error"]?["log_id"].text
        #expect(logID?.isEmpty == false)
        #expect(answer.header("X-Tt-Logid") == logID)
    }

    @Test(
        arguments: [
            ("wrong", "cli_sandbox0000000001", 10_015),
            ("sandbox-secret-not-real", "cli_x", 99_991_543),
        ] as [(String, String, Int64)]
    )
    func `wrong credentials are HTTP 200 with a code`(
        secret: String,
        id: String,
        code: Int64
    ) throws {
        var visitor = try Visitor(SmallWorld.world)
        let answer = visitor.post(
            Self.tokenPath,
            ["app_id": .string(id), "app_secret": .string(secret)]
        )
        #expect(try answer.verdict == Verdict(200, code))
        #expect(try visitor.post(Self.tokenPath, []).verdict == Verdict(200, 10_003))
    }

    @Test func `a disabled app gets no token`() throws {
        var visitor = try Visitor(SmallWorld.world)
        visitor.platform.world.app.isDisabled = true
        #expect(throws: NotAsExpected.self) { try visitor.signIn() }
    }

    @Test func `one unknown id sinks a batch, or is left out`() throws {
        var visitor = try Visitor(SmallWorld.world)
        let body: WireJSON = ["message_ids": ["none", .string(SmallWorld.messageID)]]
        let batch = SmallWorld.mailbox + "/messages/batch_get"
        #expect(try visitor.post(batch, body).verdict == Verdict(400, 1_230_006))
        visitor.platform.world.quirks.unknownIDSinksBatch = false
        #expect(try visitor.post(batch, body).json["data"]?["messages"].items.count == 1)
    }

    @Test func `a batch holds 1 to 20 ids`() throws {
        var visitor = try Visitor(SmallWorld.world)
        let batch = SmallWorld.mailbox + "/messages/batch_get"
        let ids = [WireJSON](repeating: .string(SmallWorld.messageID), count: 21)
        for some in [[], ids] {
            let answer = visitor.post(batch, ["message_ids": .array(some)])
            #expect(try answer.verdict == Verdict(400, 1_230_001))
        }
        #expect(try visitor.post(batch, ["ids": 3]).verdict == Verdict(400, 1_230_001))
    }

    @Test func `a forbidden mailbox says so on every call, each in its own words`() throws {
        var world = SmallWorld.world
        world.mailboxes[SmallWorld.address]?.isForbidden = true
        var visitor = try Visitor(world)
        let body: WireJSON = ["message_ids": [.string(SmallWorld.messageID)]]
        #expect(try visitor.get(SmallWorld.mailbox + "/folders").verdict == Verdict(403, 1_230_002))
        #expect(try visitor.get(SmallWorld.message).verdict == Verdict(403, 1_234_017))
        let batch = visitor.post(SmallWorld.mailbox + "/messages/batch_get", body)
        #expect(try batch.verdict == Verdict(403, 1_230_005))
        #expect(try visitor.get(SmallWorld.links + "a1").verdict == Verdict(403, 1_230_002))
        #expect(world.truth { _ in "" }.allSatisfy { $0.sources == ["tasklist:l1"] })
    }

    @Test(arguments: ["/nothing", "/open-apis/mail/v1/nothing", "/"])
    func `an unknown path is a 404 in plain text`(target: String) throws {
        var visitor = try Visitor(SmallWorld.world)
        let answer = visitor.get(target)
        #expect(answer.status == 404)
        #expect(answer.header("Content-Type") == "text/plain")
        #expect(visitor.platform.counters.unknownPaths == 1)
    }
}
