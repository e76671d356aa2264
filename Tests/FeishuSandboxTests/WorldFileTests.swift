import Testing

@testable import FeishuSandbox

@Suite struct WorldFileTests {
    private static let sample = """
        seed: 4
        without_scopes: ["mail:user_mailbox.message.subject:read"]
        quirks: {throttle_status: 400, inline_bodies_up_to: 4 KiB}
        mailboxes:
          - address: alice@xinghe.example
            folders: [{id: "77", name: 项目}]
            messages:
              - id: "ab+/="
                folder: "77"
                state: draft
                attachments:
                  - {id: a1, name: 报价单.xlsx, size: 12 KiB, content: 7}
                  - {id: "", name: note.txt, text: 你好, wire: {filename: 3}, omit: [cid]}
          - address: bob@xinghe.example
            forbidden: true
        tasklists: [{guid: l1, name: 投标}]
        tasks:
          - guid: t1
            tasklists: [l1]
            subtasks:
              - guid: t2
                attachments: [{guid: f1, name: a.pdf, size: 5, content: 7}]
        faults:
          - {endpoint: batch_get, message: "ab+/=", times: 1, drop: true}
        """

    @Test func `a file describes a world`() throws {
        let world = try WorldFile.world(Self.sample)
        let message = try #require(world.mailboxes["alice@xinghe.example"]?["ab+/="])
        #expect(message.folder == "77" && message.state == .draft)
        #expect(
            message.attachments.map(\.content) == [
                .generated(seed: 4, id: 7, count: 12_288), .text("你好"),
            ]
        )
        #expect(world.mailboxes["bob@xinghe.example"]?.isForbidden == true)
        #expect(world.tasks.tasklists(reaching: "t2") == ["l1"])
        #expect(world.app.scopes.contains(.subject) == false)
        #expect(world.faults.map(\.endpoint) == [.batchGet])
    }

    @Test func `the same file is the same world`() throws {
        let truths = try (1...2).map { _ in
            try WorldFile.world(Self.sample).truth { DigestCache().digest(of: $0) }
        }
        #expect(truths[0] == truths[1])
        #expect(truths[0].count == 3)
    }

    @Test(arguments: [
        ("seed: 1\nmailbox: []", 2, "unknown key 'mailbox'"),
        ("mailboxes:\n  - address: a\n    colour: red", 3, "unknown key 'colour'"),
        ("mailboxes:\n  - forbidden: true", 2, "'address' is missing"),
        (
            "mailboxes:\n  - address: a\n    messages:\n      - {id: m, folder: X}", 4,
            "unknown folder"
        ),
        ("seed: many", 1, "expected a whole number"),
        ("tasks:\n  - {guid: t, tasklists: [l9]}", 2, "unknown tasklist"),
        ("without_scopes:\n  - everything", 2, "unknown value 'everything'"),
        ("faults:\n  - {endpoint: link}", 2, "exactly one of"),
        ("faults:\n  - {endpoint: link, drop: true, cut: 3}", 2, "exactly one of"),
        ("faults:\n  - {endpoint: lnk, drop: true}", 2, "unknown value 'lnk'"),
        ("seed: 1\nseed: 2", 1, "seed"),
        ("a: [", 2, ""),
        ("- 1", 1, "expected a mapping"),
    ])
    func `what is not understood is an error in its line`(
        text: String,
        line: Int,
        reason: String
    ) throws {
        let error = #expect(throws: WorldFileError.self) { try WorldFile.world(text) }
        #expect(error?.line == line)
        #expect(reason.isEmpty || error?.reason.contains(reason) == true)
    }

    @Test(arguments: ["12 MB", "-1", "1.5 MiB", "9999999999 GiB", "big"])
    func `sizes are plain or in binary units`(size: String) {
        let text =
            "mailboxes: [{address: a, messages: [{id: m, attachments: [{name: n, size: \(size)}]}]}]"
        #expect(throws: WorldFileError.self) { try WorldFile.world(text) }
    }

    @Test func `faults are read from JSON as well`() throws {
        let faults = try WorldFile.faults(
            #"[{"endpoint":"link","attachment":"a","cut":10},{"endpoint":"task","raw":{"body":"{"}}]"#
        )
        #expect(faults.map(\.endpoint) == [.link, .task])
    }
}
