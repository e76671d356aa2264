import Testing

@testable import FeishuSandbox

@Suite struct WorldChangeTests {
    private static let place =
        #""mailbox": "alice@xinghe.example", "message": "\#(SmallWorld.messageID)""#

    /// What the truth names after these changes.
    private func names(_ scripts: String...) throws -> [String] {
        var platform = Platform(world: SmallWorld.world)
        for script in scripts { try platform.change(script) }
        return platform.world.truth { _ in "" }.map(\.name)
    }

    @Test(arguments: [
        (#"{"delete_message": {\#(place)}}"#, ["f1.pdf"]),
        (#"[{"delete_attachment": {\#(place), "attachment": "a1"}}]"#, ["b", "f1.pdf"]),
        (#"[{"delete_task": "t1"}]"#, ["报价单.xlsx", "b"]),
        (#"[{"delete_task_attachment": "f1"}]"#, ["报价单.xlsx", "b"]),
        (#"[{"forbid_task": "t1"}]"#, ["报价单.xlsx", "b"]),
        (#"[{"forbid_tasklist": "l1"}]"#, ["报价单.xlsx", "b"]),
        (#"[{"delete_tasklist": "l1"}]"#, ["报价单.xlsx", "b"]),
        (#"[{"forbid_mailbox": "alice@xinghe.example"}]"#, ["f1.pdf"]),
        (#"[{"delete_mailbox": "alice@xinghe.example"}]"#, ["f1.pdf"]),
    ])
    func `things go away`(script: String, left: [String]) throws {
        #expect(try names(script) == left)
    }

    @Test(arguments: [
        (#"{"delete_message": {\#(place)}}"#, SmallWorld.messageID),
        (#"{"delete_attachment": {\#(place), "attachment": "a2"}}"#, "a2"),
        (#"{"delete_task": "t1"}"#, "t1"), (#"{"delete_task_attachment": "f1"}"#, "f1"),
        (#"{"delete_mailbox": "alice@xinghe.example"}"#, "alice@xinghe.example"),
    ])
    func `things come back`(script: String, id: String) throws {
        let back = #"{"bring_back": "\#(id)"}"#
        #expect(try names(script, back) == ["报价单.xlsx", "b", "f1.pdf"])
    }

    @Test func `forbidden things are allowed again`() throws {
        let script = #"{"forbid_mailbox": {"address": "alice@xinghe.example", "forbidden": false}}"#
        let names = try names(#"{"forbid_mailbox": "alice@xinghe.example"}"#, script)
        #expect(names.count == 3)
    }

    @Test func `messages, tasks and files arrive`() throws {
        let script = """
            - add_message:
                mailbox: alice@xinghe.example
                message: {id: m2, attachments: [{id: a9, name: neu.pdf, size: 9}]}
            - add_attachment:
                mailbox: alice@xinghe.example
                message: m2
                attachment: {name: more.pdf, size: 2}
            - add_task: {guid: t2, parent: t1, attachments: [{guid: f2, name: sub, size: 1}]}
            - add_task_attachment: {task: t1, attachment: {guid: f3, name: late, text: hi}}
            """
        let all = try names(script)
        #expect(all == ["报价单.xlsx", "b", "neu.pdf", "more.pdf", "f1.pdf", "late", "sub"])
    }

    @Test func `a message moves and keeps its id`() throws {
        var platform = Platform(world: SmallWorld.world)
        try platform.change(#"{"move_message": {\#(Self.place), "folder": "TRASH"}}"#)
        let mailbox = platform.world.mailboxes[SmallWorld.address]
        #expect(mailbox?.ids(in: "TRASH") == [SmallWorld.messageID])
        #expect(mailbox?.ids(in: "INBOX") == [])
    }

    @Test func `a task attachment becomes another file under its guid`() throws {
        var platform = Platform(world: SmallWorld.world)
        let script = "{guid: f1, name: f1.pdf, file_token: boxNew, size: 77}"
        try platform.change("replace_task_attachment: \(script)")
        let file = platform.world.tasks.attachment("f1")?.attachment
        #expect(file?.fileToken == "boxNew" && file?.content.count == 77)
    }

    @Test func `scopes come and go`() throws {
        var platform = Platform(world: SmallWorld.world)
        try platform.change(#"{"set_scopes": ["task:task:read"]}"#)
        #expect(platform.world.app.scopes == [.tasks])
        try platform.change(#"{"set_scopes": "all"}"#)
        #expect(platform.world.app.scopes == Set(World.Scope.allCases))
    }

    @Test func `a script that fails changes nothing`() throws {
        var platform = Platform(world: SmallWorld.world)
        #expect(throws: WorldChange.NotThere(id: "t9")) {
            try platform.change(#"[{"delete_task": "t1"}, {"delete_task": "t9"}]"#)
        }
        #expect(platform.world.tasks["t1"] != nil)
    }

    @Test(arguments: [
        "{burn: t1}", "[{delete_task: t1, delete_tasklist: l1}]", "{set_scopes: [x]}",
    ])
    func `a script that makes no sense is refused`(script: String) {
        var platform = Platform(world: SmallWorld.world)
        #expect(throws: WorldFileError.self) { try platform.change(script) }
    }

    @Test func `files of two scripts are different files`() throws {
        var platform = Platform(world: SmallWorld.world)
        for guid in ["f8", "f9"] {
            try platform.change(
                "add_task_attachment: {task: t1, attachment: {guid: \(guid), name: n, size: 9}}"
            )
        }
        let contents = Set(platform.world.tasks["t1"]?.attachments.map(\.content) ?? [])
        #expect(contents.count == 3)
    }

    @Test func `the world can change at a certain call`() throws {
        var world = SmallWorld.world
        let change = "change: {delete_message: {\(Self.place)}}"
        world.faults = try WorldFile.faults("[{endpoint: batch_get, times: 1, \(change)}]")
        var visitor = try Visitor(world)
        #expect(visitor.get(SmallWorld.message).status == 200)
        let body: WireJSON = ["message_ids": [.string(SmallWorld.messageID)]]
        let answer = visitor.post(SmallWorld.mailbox + "/messages/batch_get", body)
        #expect(try answer.verdict == Verdict(400, 1_230_006))
    }
}
