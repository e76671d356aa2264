import Testing

@testable import FeishuSandbox

@Suite struct PagingTests {
    private static let inbox = SmallWorld.mailbox + "/messages?folder_id=INBOX&page_size="
    private static let files = "/open-apis/task/v2/attachments?resource_id=t1&page_size="

    @Test(arguments: ["0", "21", "-1", "many", ""])
    func `mail pages hold 1 to 20`(size: String) throws {
        var visitor = try Visitor(SmallWorld.crowded(5))
        #expect(try visitor.get(Self.inbox + size).verdict == Verdict(400, 1_230_001))
    }

    @Test func `mail has no default size`() throws {
        var visitor = try Visitor(SmallWorld.crowded(5))
        let answer = visitor.get(SmallWorld.mailbox + "/messages?folder_id=INBOX")
        #expect(try answer.verdict == Verdict(400, 1_230_001))
    }

    @Test(arguments: ["0", "101", "x"])
    func `task pages hold 1 to 100`(size: String) throws {
        var visitor = try Visitor(SmallWorld.crowded(5))
        #expect(try visitor.get(Self.files + size).verdict == Verdict(400, 1_470_400))
    }

    @Test func `task pages hold 50 unless asked otherwise`() throws {
        var visitor = try Visitor(SmallWorld.crowded(70))
        let answer = visitor.get("/open-apis/task/v2/attachments?resource_id=t1")
        #expect(try answer.json["data"]?["items"].items.count == 50)
    }

    @Test(arguments: [1, 7, 20])
    func `a walk over mail sees every id once`(size: Int) throws {
        var visitor = try Visitor(SmallWorld.crowded(43))
        var ids: [WireJSON] = []
        var token: String?
        repeat {
            let more = token.map { "&page_token=" + PercentText.encode($0) } ?? ""
            let data = try visitor.get(Self.inbox + "\(size)\(more)").json["data"]
            ids += try data?["items"].items ?? []
            token = data?["has_more"] == true ? try data?["page_token"].text : nil
        } while token != nil
        #expect(ids == (0..<43).map { .string("m\($0)") })
    }

    @Test func `the last page of mail has no token`() throws {
        var visitor = try Visitor(SmallWorld.crowded(20))
        let data = try visitor.get(Self.inbox + "20").json["data"]
        #expect(data?["has_more"] == false)
        #expect(data?["page_token"] == nil)
    }

    @Test func `the last page of tasks has an empty token, which is page one again`() throws {
        var visitor = try Visitor(SmallWorld.crowded(3))
        let last = try visitor.get(Self.files + "3").json["data"]
        #expect(last?["has_more"] == false)
        #expect(last?["page_token"] == "")
        let again = try visitor.get(Self.files + "3&page_token=").json["data"]
        #expect(try again?["items"].items.first?["guid"] == "f0")
    }

    @Test func `a token of another list is refused`() throws {
        var visitor = try Visitor(SmallWorld.crowded(30))
        let token = try visitor.get(Self.inbox + "20").json["data"]?["page_token"].text ?? ""
        let other = SmallWorld.mailbox + "/messages?folder_id=SENT&page_size=20&page_token=" + token
        #expect(try visitor.get(other).verdict == Verdict(400, 1_230_001))
        #expect(
            try visitor.get(Self.files + "3&page_token=" + token).verdict == Verdict(400, 1_470_400)
        )
    }

    @Test func `a page can be empty although there is more`() throws {
        var world = SmallWorld.crowded(3)
        world.faults = [SandboxFault(.taskAttachments, when: .init(times: 1), .emptyPage)]
        var visitor = try Visitor(world)
        let empty = try visitor.get(Self.files + "3").json["data"]
        #expect(empty?["items"] == [] && empty?["has_more"] == true)
        let token = PercentText.encode(try empty?["page_token"].text ?? "")
        let next = try visitor.get(Self.files + "3&page_token=" + token).json["data"]
        #expect(try next?["items"].items.count == 3)
    }
}
