import Testing

@testable import FeishuSandbox

@Suite struct FaultTests {
    private func visitor(_ faults: SandboxFault...) throws -> Visitor {
        var world = SmallWorld.world
        world.faults = faults
        return try Visitor(world)
    }

    private func link(_ visitor: inout Visitor) throws -> Answer {
        let data = try visitor.get(SmallWorld.links + "a1").json["data"]
        let url = try data?["download_urls"].items.first?["download_url"].text ?? ""
        return visitor.platform.answer(Call("GET", Call.target(of: url)), at: visitor.now)
    }

    @Test func `a fault waits, strikes and is over`() throws {
        let server = FaultEffect.refuse(status: 500, code: 1_230_003, message: "internal")
        var visitor = try visitor(SandboxFault(.message, when: .init(skip: 1, times: 2), server))
        let statuses = (1...4).map { _ in visitor.get(SmallWorld.message).status }
        #expect(statuses == [200, 500, 500, 200])
    }

    @Test func `a fault strikes only what it names`() throws {
        let gone = FaultEffect.refuse(status: 500, code: 1, message: "")
        var visitor = try visitor(SandboxFault(.task, when: .init(guid: "t2"), gone))
        visitor.platform.world.tasks.add(SmallWorld.task("t2"), to: ["l1"])
        #expect(visitor.get("/open-apis/task/v2/tasks/t1").status == 200)
        #expect(visitor.get("/open-apis/task/v2/tasks/t2").status == 500)
    }

    @Test func `a batch is struck when it holds the message`() throws {
        let fault = SandboxFault(.batchGet, when: .init(message: SmallWorld.messageID), .drop)
        var visitor = try visitor(fault)
        let body: WireJSON = ["message_ids": [.string(SmallWorld.messageID)]]
        let answer = visitor.post(SmallWorld.mailbox + "/messages/batch_get", body)
        #expect(answer.delivery.isDropped)
    }

    @Test func `a link is struck by the attachment that it leads to`() throws {
        let page = FaultEffect.raw(status: 200, type: "text/html", body: "<p>busy")
        var visitor = try visitor(SandboxFault(.link, when: .init(attachment: "a1"), page))
        let answer = try link(&visitor)
        #expect(answer.header("Content-Type") == "text/html")
        #expect(answer.header("Content-Disposition") == nil)
        #expect(answer.count == 7)
    }

    @Test func `a body can be of the wrong length and say so`() throws {
        var visitor = try visitor(SandboxFault(.link, .resize(by: -10)))
        #expect(try link(&visitor).count == 69_990)
    }

    @Test func `accidents add up`() throws {
        let stall = FaultEffect.stall(after: 5, lasts: .seconds(9))
        var visitor = try visitor(SandboxFault(.link, .cut(after: 100)), SandboxFault(.link, stall))
        let delivery = try link(&visitor).delivery
        #expect(delivery.cutAfter == 100)
        #expect(delivery.stall == .init(after: 5, lasts: .seconds(9)))
    }

    @Test func `headers can be changed and taken away`() throws {
        let lines = [Header("Content-Disposition", ""), Header("Content-Encoding", "gzip")]
        var visitor = try visitor(SandboxFault(.link, .headers(lines)))
        let answer = try link(&visitor)
        #expect(answer.header("Content-Disposition") == nil)
        #expect(answer.header("Content-Encoding") == "gzip")
    }

    @Test func `a link can lead to another one`() throws {
        var visitor = try visitor(SandboxFault(.link, when: .init(times: 1), .redirect))
        let first = try link(&visitor)
        #expect(first.status == 302)
        let next = Call("GET", Call.target(of: first.header("Location") ?? ""))
        #expect(visitor.platform.answer(next, at: visitor.now).count == 70_000)
    }

    @Test func `links can fail by name`() throws {
        var visitor = try visitor(SandboxFault(.downloadURL, .failedIDs(["a2"])))
        let data = try visitor.get(SmallWorld.links + "a1&attachment_ids=a2").json["data"]
        #expect(data?["failed_ids"] == ["a2"])
        #expect(try data?["download_urls"].items.count == 1)
    }

    @Test func `an item can be of the wrong shape on the wire`() throws {
        var visitor = try visitor()
        var file = SmallWorld.taskFile("f9")
        file.distortion = Distortion(
            replaced: [.init("size", "1000"), .init("name", .null)],
            omitted: ["file_token"]
        )
        visitor.platform.world.tasks.attach(file, to: "t1")
        let answer = visitor.get("/open-apis/task/v2/attachments/f9")
        let item = try answer.json["data"]?["attachment"]
        #expect(item?["size"] == "1000" && item?["name"] == .null && item?["file_token"] == nil)
    }

    @Test func `small attachments can come inside a batch`() throws {
        var visitor = try visitor()
        visitor.platform.world.quirks.inlineBodiesUpTo = 10
        let body: WireJSON = ["message_ids": [.string(SmallWorld.messageID)]]
        let answer = visitor.post(SmallWorld.mailbox + "/messages/batch_get", body)
        let message = try answer.json["data"]?["messages"].items.first
        let files = try message?["attachments"].items
        #expect(files?.map { $0["body"] } == [nil, ""])
    }

    @Test func `attachment ids may be empty, doubled or odd`() throws {
        var visitor = try visitor()
        let odd = ["", "a1", "a\u{1}b"].map { SmallWorld.file($0, "odd", 1) }
        for file in odd {
            visitor.platform.world.mailboxes[SmallWorld.address]?
                .attach(file, to: SmallWorld.messageID)
        }
        let answer = visitor.get(SmallWorld.message)
        let ids = try answer.json["data"]?["message"]?["attachments"].items.map { $0["id"] }
        #expect(ids == ["a1", "a2", "", "a1", "a\u{1}b"])
    }
}
