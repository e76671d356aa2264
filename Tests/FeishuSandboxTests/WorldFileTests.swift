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

    @Test func `a file describes who logs in`() throws {
        let world = try WorldFile.world(
            """
            app: {may_refresh: false, redirect_uris: ["http://127.0.0.1:1/"], other_apps: {c: s}}
            user:
              address: alice@xinghe.example
              name: Alice
              accessible: [{address: team, type: MAIL_GROUP}, {address: sales}]
              tasks: [t1]
              granted: ["task:task:read"]
              consent_start: 1000
              consent_days: 30
              access_seconds: 60
              refresh_seconds: 600
            """
        )
        let user = try #require(world.user)
        #expect(user.openID == SmallWorld.alice.openID && user.consentDays == 30)
        #expect(user.accessible == [.init("team", .mailGroup), .init("sales", .publicMailbox)])
        #expect(user.tasks == ["t1"] && user.granted == ["task:task:read"] && !user.denies)
        #expect(user.consentStart == Moment(milliseconds: 1000))
        #expect(user.accessLife == .seconds(60) && user.refreshLife == .seconds(600))
        #expect(!world.app.mayRefresh && world.app.others == ["c": "s"])
    }

    @Test func `a file describes the platform's quirks`() throws {
        let world = try WorldFile.world(
            """
            quirks:
              {shuffle_seed: 5, rate_windows: fixed, penalty_grace_seconds: 3,
               date_offset_seconds: -60}
            mailboxes: [{address: sales, public: true, name: 销售}]
            storm: {seed: 7, rate: 0.05, kinds: passing}
            """
        )
        #expect(world.quirks.shuffleSeed == 5 && world.quirks.windows == .fixed)
        #expect(world.quirks.penaltyGrace == .seconds(3))
        #expect(world.quirks.dateOffset == .seconds(-60))
        #expect(world.mailboxes["sales"]?.isPublic == true)
        #expect(world.storm?.kinds == StormKind.passing)
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
