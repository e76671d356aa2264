import Testing

@testable import FeishuSandbox

@Suite struct UserTests {
    private static let me = "/open-apis/mail/v1/user_mailboxes/me"

    @Test func `user tokens expire with a code of their own`() throws {
        var visitor = try Visitor.user(LoginWorld.world)
        visitor.pass(.seconds(7200))
        #expect(try visitor.get(Self.me + "/folders").verdict == Verdict(400, 99_991_677))
        visitor.authorization = "Bearer u-unknown"
        #expect(try visitor.get(Self.me + "/folders").verdict == Verdict(400, 99_991_668))
    }

    @Test func `me is the user's own mailbox`() throws {
        var visitor = try Visitor.user(LoginWorld.world)
        let list = Self.me + "/messages?folder_id=INBOX&page_size=20"
        #expect(try visitor.get(list).json["data"]?["items"] == [.string(SmallWorld.messageID)])
        visitor.authorization = "Bearer \(try visitor.signIn())"
        #expect(try visitor.get(list).verdict == Verdict(400, 1_230_005))
    }

    @Test func `a user reads what they can reach and no more`() throws {
        var world = LoginWorld.world
        for name in ["team", "bob"] { world.add(World.Mailbox(address: name)) }
        world.user?.accessible = [.init("team", .publicMailbox)]
        var visitor = try Visitor.user(world)
        let statuses = ["team", "bob"].map {
            visitor.get("/open-apis/mail/v1/user_mailboxes/\($0)/folders").status
        }
        #expect(statuses == [200, 403])
    }

    @Test func `a field whose scope the user did not grant is left out`() throws {
        let scope = World.Scope.messages.rawValue
        var visitor = try Visitor.user(LoginWorld.world, scopes: [scope])
        let message = try visitor.get(SmallWorld.message).json["data"]?["message"]
        #expect(message?["message_id"] != nil && message?["attachments"] == nil)
        #expect(message?["subject"] == nil)
    }

    @Test func `a scope for writing reads as well`() throws {
        var visitor = try Visitor.user(LoginWorld.world, scopes: ["task:task:write"])
        #expect(visitor.get("/open-apis/task/v2/tasks").status == 200)
    }

    @Test(arguments: ["/open-apis/task/v2/tasks", "/open-apis/authen/v1/user_info"])
    func `some calls are for users only`(target: String) throws {
        var visitor = try Visitor(LoginWorld.world)
        #expect(try visitor.get(target).verdict == Verdict(400, 99_991_663))
    }

    @Test func `the user is who logged in`() throws {
        var visitor = try Visitor.user(LoginWorld.world, scopes: ["contact:user.email:readonly"])
        let data = try visitor.get("/open-apis/authen/v1/user_info").json["data"]
        #expect(data?["open_id"] == .string(SmallWorld.alice.openID))
        #expect(data?["name"] == "Alice" && data?["email"] == .string(SmallWorld.address))
    }

    @Test func `addresses need their own scope`() throws {
        var visitor = try Visitor.user(LoginWorld.world)
        let data = try visitor.get("/open-apis/authen/v1/user_info").json["data"]
        #expect(data?["open_id"] != nil && data?["email"] == nil)
    }

    @Test func `the user's truth is what they reach`() throws {
        var world = LoginWorld.world
        world.add(World.Mailbox(address: "bob"))
        world.mailboxes["bob"]?.add(
            SmallWorld.letter("m", attachments: [SmallWorld.file("x", "x", 1)])
        )
        world.tasks.add(SmallWorld.task("t9", files: ["f9"]))
        world.tasks.add(SmallWorld.task("t10", parent: "t9", files: ["f10"]))
        world.user?.tasks = ["t9"]
        let lines = world.truth(as: .user) { _ in "" }
        #expect(lines.map(\.name) == ["报价单.xlsx", "b", "f1.pdf", "f9.pdf", "f10.pdf"])
        #expect(lines.last?.sources == ["my-tasks"])
        #expect(world.truth { _ in "" }.map(\.name) == ["报价单.xlsx", "b", "x", "f1.pdf"])
    }
}
