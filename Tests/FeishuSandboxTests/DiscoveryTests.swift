import Testing

@testable import FeishuSandbox

@Suite struct DiscoveryTests {
    private static let accessible = "/accessible_mailboxes"
    private static let mailboxes = "/open-apis/mail/v1/user_mailboxes/"
    private static let publicOnes = "/open-apis/mail/v1/public_mailboxes"

    private var world: World {
        var world = LoginWorld.world
        for number in 0..<3 {
            var mailbox = World.Mailbox(address: "team\(number)@xinghe.example")
            mailbox.isPublic = true
            mailbox.name = "共享 \(number)"
            world.add(mailbox)
        }
        world.user?.accessible = [
            .init("team0@xinghe.example", .publicMailbox), .init("al@xinghe.example", .userAlias),
        ]
        return world
    }

    @Test(arguments: ["me", "alice%40xinghe.example"])
    func `a user's mailboxes are listed with their kinds`(mailbox: String) throws {
        var visitor = try Visitor.user(world)
        let answer = visitor.get(Self.mailboxes + mailbox + Self.accessible)
        let items = try answer.json["data"]?["accessible_mailboxes"].items
        #expect(
            items?.map { $0["email_type"] } == ["USER_PRIMARY", "PUBLIC_MAILBOX", "USER_ALIAS"]
        )
        #expect(items?.first?["email_address"] == .string(SmallWorld.address))
    }

    @Test(arguments: [
        ("me", 400, 1_230_005), ("nobody", 403, 1_230_004),
        ("team0@xinghe.example", 403, 1_230_004),
    ])
    func `a list of mailboxes is refused for a reason`(
        mailbox: String,
        status: Int,
        code: Int64
    ) throws {
        var visitor = try Visitor(world)
        let answer = visitor.get(Self.mailboxes + mailbox + Self.accessible)
        #expect(try answer.verdict == Verdict(status, code))
    }

    @Test func `public mailboxes come in pages`() throws {
        var visitor = try Visitor(world)
        let first = try visitor.get(Self.publicOnes + "?page_size=2").json["data"]
        #expect(try first?["items"].items.count == 2 && first?["has_more"] == true)
        let token = PercentText.encode(try first?["page_token"].text ?? "")
        let last = visitor.get(Self.publicOnes + "?page_size=2&page_token=" + token)
        let items = try last.json["data"]?["items"].items
        #expect(items?.map { $0["email"] } == ["team2@xinghe.example"])
        #expect(items?.first?["name"] == "共享 2")
        let rest = try last.json["data"]
        #expect(rest?["has_more"] == false)
    }

    @Test(arguments: ["page_size=201", "page_size=0", "page_token=x"])
    func `wrong pages of public mailboxes are refused`(query: String) throws {
        var visitor = try Visitor(world)
        let answer = visitor.get(Self.publicOnes + "?" + query)
        #expect(try answer.verdict == Verdict(400, 1_230_001))
    }

    @Test(arguments: [World.Scope.mailboxes, .publicMailboxes])
    func `finding mailboxes needs a scope`(scope: World.Scope) throws {
        var world = world
        world.app.scopes.remove(scope)
        var visitor = try Visitor(world)
        let target =
            scope == .mailboxes
            ? Self.mailboxes + "alice%40xinghe.example" + Self.accessible : Self.publicOnes
        #expect(try visitor.get(target).verdict == Verdict(400, 99_991_672))
    }

    @Test func `my tasks are whole, without links`() throws {
        var visitor = try Visitor.user(world)
        let data = try visitor.get("/open-apis/task/v2/tasks?type=my_tasks").json["data"]
        let file = try data?["items"].items.first?["attachments"].items.first
        #expect(file?["guid"] == "f1" && file?["url"] == nil && file?["size"] == 1000)
        #expect(data?["page_token"] == "" && data?["has_more"] == false)
    }

    @Test func `my tasks are those assigned, done or not`() throws {
        var world = world
        for (guid, isDone) in [("t2", true), ("t3", false), ("t4", false)] {
            var task = SmallWorld.task(guid)
            task.isCompleted = isDone
            world.tasks.add(task)
        }
        world.user?.tasks = ["t2", "t3"]
        var visitor = try Visitor.user(world)
        let lists = try ["", "completed=true", "completed=false"].map { query in
            try visitor.get("/open-apis/task/v2/tasks?" + query).json["data"]?["items"].items
                .map { try $0["guid"].text }
        }
        #expect(lists == [["t2", "t3"], ["t2"], ["t3"]])
        let answer = visitor.get("/open-apis/task/v2/tasks?type=all")
        #expect(try answer.verdict == Verdict(400, 1_470_400))
    }
}
