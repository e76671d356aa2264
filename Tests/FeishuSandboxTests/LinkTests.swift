import Testing

@testable import FeishuSandbox

@Suite struct LinkTests {
    private func mailLink(_ visitor: inout Visitor) throws -> String {
        let data = try visitor.get(SmallWorld.links + "a1").json["data"]
        return try data?["download_urls"].items.first?["download_url"].text ?? ""
    }

    private func taskLink(_ visitor: inout Visitor) throws -> String {
        try visitor.get("/open-apis/task/v2/attachments/f1")
            .json["data"]?["attachment"]?["url"].text ?? ""
    }

    @Test func `a mail link serves twice`() throws {
        var visitor = try Visitor(SmallWorld.world)
        let url = try mailLink(&visitor)
        #expect([visitor.open(url), visitor.open(url), visitor.open(url)] == [200, 200, 403])
        #expect(visitor.platform.counters.usesBeyondLimit == 1)
        #expect(visitor.platform.counters.linkUses == 2)
    }

    @Test func `a task link serves three times`() throws {
        var visitor = try Visitor(SmallWorld.world)
        let url = try taskLink(&visitor)
        let statuses = (1...4).map { _ in visitor.open(url) }
        #expect(statuses == [200, 200, 200, 403])
    }

    @Test func `HEAD spends a use`() throws {
        var visitor = try Visitor(SmallWorld.world)
        let url = try mailLink(&visitor)
        #expect(visitor.open(url, method: "HEAD") == 200)
        #expect([visitor.open(url), visitor.open(url)] == [200, 403])
        #expect(visitor.platform.counters.head == 1)
    }

    @Test(arguments: [(7199, 200), (7200, 403)])
    func `a mail link lives two hours`(seconds: Int, status: Int) throws {
        var visitor = try Visitor(SmallWorld.world)
        let url = try mailLink(&visitor)
        visitor.pass(.seconds(seconds))
        #expect(visitor.open(url) == status)
        #expect(visitor.platform.counters.usesAfterExpiry == (status == 403 ? 1 : 0))
    }

    @Test(arguments: [(179, 200), (180, 403)])
    func `a task link lives three minutes`(seconds: Int, status: Int) throws {
        var visitor = try Visitor(SmallWorld.world)
        let url = try taskLink(&visitor)
        visitor.pass(.seconds(seconds))
        #expect(visitor.open(url) == status)
    }

    @Test func `every listing mints a link of its own`() throws {
        var visitor = try Visitor(SmallWorld.world)
        #expect(try taskLink(&visitor) != taskLink(&visitor))
        #expect(visitor.platform.counters.linksMinted == 2)
    }

    @Test func `an unknown code is refused and counted`() throws {
        var visitor = try Visitor(SmallWorld.world)
        #expect(
            visitor.open("http://127.0.0.1/space/api/box/stream/download/authcode/?code=x") == 403
        )
        #expect(visitor.platform.counters.unknownLinks == 1)
    }

    @Test func `credentials and ranges on the link host are noticed`() throws {
        var visitor = try Visitor(SmallWorld.world)
        let target = Call.target(of: try mailLink(&visitor))
        let call = Call("GET", target, authorization: visitor.authorization, hasRange: true)
        #expect(visitor.platform.answer(call, at: visitor.now).status == 200)
        #expect(visitor.platform.counters.authorizationOnLinkHost == 1)
        #expect(visitor.platform.counters.range == 1)
    }

    @Test func `a file comes with its exact name`() throws {
        var visitor = try Visitor(SmallWorld.world)
        let call = Call("GET", Call.target(of: try mailLink(&visitor)))
        let answer = visitor.platform.answer(call, at: visitor.now)
        let name = "filename*=UTF-8''%E6%8A%A5%E4%BB%B7%E5%8D%95.xlsx"
        #expect(answer.header("Content-Disposition")?.hasSuffix(name) == true)
        #expect(answer.count == 70_000)
    }

    @Test func `ids without a link are named, and the call succeeds`() throws {
        var world = SmallWorld.world
        var stuck = SmallWorld.file("a3", "c", 5)
        stuck.isDownloadable = false
        world.mailboxes[SmallWorld.address]?.attach(stuck, to: SmallWorld.messageID)
        var visitor = try Visitor(world)
        let answer = visitor.get(SmallWorld.links + "a1&attachment_ids=a3&attachment_ids=none")
        #expect(try answer.verdict == Verdict(200, 0))
        #expect(try answer.json["data"]?["failed_ids"] == ["a3", "none"])
    }
}
