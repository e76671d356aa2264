import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// Without the body scope the platform shows messages as if nothing hung on them.
@Suite(.scratchDirectory, .serialized) struct BlindnessTests {
    private static let world = WorldRecipe(seed: 8, mailboxes: 1, messages: 30, tasks: 0)

    private static func address(_ lab: Lab) throws -> String {
        try #require(lab.server.world.mailboxes.keys.min())
    }

    /// Gives a mailbox new messages that have neither text nor files.
    private static func addEmpty(_ count: Int, to lab: Lab) throws {
        let address = try address(lab)
        let model = try #require(lab.server.world.mailboxes[address]?.messages.first)
        lab.server.change { world in
            for number in 0..<count {
                var message = model
                message.id = "ZW1wdHk\(number)=="
                message.folder = "INBOX"
                message.state = .received
                message.attachments = []
                message.distortion = Distortion(omitted: [
                    "body_html", "body_plain_text", "body_preview", "attachments",
                ])
                world.mailboxes[address]?.add(message)
            }
        }
    }

    @Test func `a scope that is taken away is noticed, and nothing is recorded as empty`()
        async throws
    {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let address = try Self.address(lab)
            let model = try #require(
                lab.server.world.mailboxes[address]?.messages.first { !$0.attachments.isEmpty }
            )
            lab.server.change { world in
                _ = world.app.scopes.remove(.body)
                for number in 0..<25 {
                    var message = model
                    message.id = "bmV3\(number)/+=="
                    message.folder = "INBOX"
                    message.state = .received
                    world.mailboxes[address]?.add(message)
                }
            }
            let blind = try await lab.expect(["sync", "--json"], exit: 6)
            #expect(blind.json?["conditions"] == ["blind"])
            #expect(blind.errors.contains("mail:user_mailbox.message.body:read"))
            #expect(blind.json?["totals"]?["archived"] == 0)
            let status = try await lab.expect(["status", "--json"], exit: 0)
            #expect(status.json?["sources"]?.array?.first?["blind"] == true)
            lab.server.change { world in _ = world.app.scopes.insert(.body) }
            let seeing = try await lab.expect(["sync", "--json"], exit: 0)
            let expected = Int64(25 * model.attachments.count)
            #expect(seeing.json?["totals"]?["archived"]?.integer == expected)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    @Test(arguments: [1, 3, 19, 20, 45])
    func `new messages that are empty raise no alarm where others were seen`(
        count: Int
    )
        async throws
    {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            try Self.addEmpty(count, to: lab)
            let address = try Self.address(lab)
            let drafts = lab.server.world.mailboxes[address]?.messages.count {
                $0.state == .draft || Folder.ID($0.folder).map(Folder.holdsDrafts) == true
            }
            let ended = try await lab.expect(["sync", "--json"], exit: 0)
            let messages = ended.json?["sources"]?.array?.first?["messages"]
            #expect(messages?["examined_now"]?.integer == Int64(count + (drafts ?? 0)))
            lab.server.resetCounters()
            try await lab.expect(["sync"], exit: 0)
            // Drafts alone are read again.
            #expect(lab.server.counters().calls(.batchGet) <= 1)
            try await lab.expectClean()
        }
    }

    @Test func `a message is never a witness to itself`() async throws {
        try await Lab.with(WorldRecipe(seed: 8, mailboxes: 1, messages: 30, tasks: 0)) { world in
            let address = try #require(world.mailboxes.keys.min())
            let messages = try #require(world.mailboxes[address]?.messages)
            let kept = try #require(
                messages.first { !$0.attachments.isEmpty && $0.state != .draft }
            )
            for message in messages where message.id != kept.id {
                world.mailboxes[address]?.remove(message.id)
            }
            // What is to be sent later may change, and is read in every run.
            world.mailboxes[address]?.move(kept.id, to: "SCHEDULED")
        } _: { lab in
            try await lab.expect(["sync"], exit: 0)
            lab.server.change { world in _ = world.app.scopes.remove(.body) }
            lab.server.resetCounters()
            let ended = try await lab.expect(["sync", "--json"], exit: 6)
            #expect(ended.json?["conditions"] == ["blind"])
            // Once as it comes, once alone.
            #expect(lab.server.counters().calls(.batchGet) == 2)
        }
    }

    @Test func `a first look at messages that show nothing is blind, with few calls`()
        async throws
    {
        try await Lab.with(WorldRecipe(seed: 8, mailboxes: 1, messages: 200, tasks: 0)) { world in
            _ = world.app.scopes.remove(.body)
        } _: { lab in
            let ended = try await lab.expect(["sync", "--json"], exit: 6)
            #expect(ended.json?["conditions"] == ["blind"])
            let messages = ended.json?["sources"]?.array?.first?["messages"]
            #expect(messages?["examined_now"] == 0)
            #expect((messages?["unread"]?.integer ?? 0) > 0)
            // Three reads may be under way at once; each looks at five messages alone.
            #expect(lab.server.counters().calls(.batchGet) <= 18)
            #expect(lab.server.counters().calls(.downloadURL) == 0)
        }
    }
}
