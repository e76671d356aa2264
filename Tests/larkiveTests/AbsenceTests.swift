import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// What leaves the platform stays in the archive, and is said to have left only when that is known.
@Suite(.scratchDirectory, .serialized) struct AbsenceTests {
    static let world = WorldRecipe(seed: 5, mailboxes: 1, messages: 60, tasks: 8)

    static func mail(_ lab: Lab) throws -> (address: String, messages: [TruthLine]) {
        let address = try #require(lab.server.world.mailboxes.keys.min())
        let lines = lab.server.truth().filter {
            $0.mail?.mailbox == address && $0.mail?.state != .draft
        }
        return (address, lines)
    }

    private static func source(_ ended: Lab.Ended, _ name: String) throws -> JSON {
        try #require(
            ended.json?["sources"]?.array?.first { $0["source"]?.string == name },
            "\(ended.output) \(ended.errors)"
        )
    }

    private static func vanished(_ lab: Lab) async throws -> Set<String> {
        let rows = try await lab.run("find", "--vanished", "--json").jsonLines
        return Set(rows.compactMap { $0["key"]?.string })
    }

    @Test func `deleted messages become tombstones, are restored, and come back without download`()
        async throws
    {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (address, lines) = try Self.mail(lab)
            let gone = try Set(lines.prefix(6).map { try #require($0.mail).messageID })
            let lost = Set(lines.filter { gone.contains($0.mail?.messageID ?? "") }.map(\.key))
            let before = try #require(lab.server.world.mailboxes[address])
            lab.server.change { world in
                for id in gone { world.mailboxes[address]?.remove(id) }
            }
            let ended = try await lab.expect(["sync", "--json"], exit: 0)
            #expect(
                try Self.source(ended, "mail:\(address)")["vanished"]?.integer == Int64(lost.count)
            )
            #expect(try await Self.vanished(lab) == lost)
            try await lab.expectClean()

            let one = try #require(lost.min())
            let restored = try await lab.expect(
                ["restore", one, "--to", "\(lab.folder)/out"],
                exit: 0
            )
            #expect(restored.errors.contains("no longer at the source since between"))

            // The second time nothing is new about it.
            let again = try await lab.expect(["sync", "--json"], exit: 0)
            #expect(try Self.source(again, "mail:\(address)")["vanished"]?.integer == 0)

            lab.server.change { world in world.mailboxes[address] = before }
            lab.server.resetCounters()
            try await lab.expect(["sync", "--json"], exit: 0)
            #expect(lab.server.counters().calls(.link) == 0)
            #expect(try await Self.vanished(lab) == [])
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    @Test func `what vanished before it was archived is fetched when it comes back`() async throws {
        try await Lab.with(Self.world) { lab in
            let (address, lines) = try Self.mail(lab)
            let mail = try #require(lines.first { $0.mail?.kind == .ordinary }?.mail)
            let when = FaultMatcher(message: mail.messageID)
            let gone = FaultEffect.raw(status: 404, type: "text/plain", body: "gone")
            lab.server.setFaults([SandboxFault(.link, when: when, gone)])
            try await lab.expect(["sync"], exit: 3)
            let before = try #require(lab.server.world.mailboxes[address])
            lab.server.change { world in world.mailboxes[address]?.remove(mail.messageID) }
            let ended = try await lab.expect(["sync"], exit: 0)
            #expect(ended.errors.contains("vanished in Feishu before they could be archived"))
            let problems = try await lab.expect(["problems"], exit: 0).output
            #expect(problems.contains("no longer in Feishu"))
            lab.server.change { world in world.mailboxes[address] = before }
            lab.server.setFaults([])
            try await lab.expect(["sync", "--json"], exit: 0)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    /// The platform shows less than there is; that the missing ones answer proves it.
    @Test func `a list that is shorter than its folder is not complete`() async throws {
        let recipe = WorldRecipe(seed: 5, mailboxes: 1, messages: 14, tasks: 0)
        try await Lab.with(recipe) { lab in
            try await lab.expect(["sync"], exit: 0)
            let address = try #require(lab.server.world.mailboxes.keys.min())
            // The list leaves them out, and asked for by their ids they answer.
            lab.server.setFaults([
                SandboxFault(
                    .messages,
                    when: FaultMatcher(mailbox: address),
                    .raw(
                        status: 200,
                        type: "application/json",
                        body: #"{"code":0,"msg":"ok","data":{"items":[],"has_more":false}}"#
                    )
                )
            ])
            let ended = try await lab.expect(
                ["sync", "--json", "--accept-vanish", "mail:\(address)"],
                exit: 3
            )
            #expect(ended.json?["conditions"] == ["walk_incomplete"])
            #expect(ended.errors.contains("listed less than there is"))
            #expect(try await Self.vanished(lab) == [])
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
        }
    }

    @Test func `a message that moves changes its folder and nothing else`() async throws {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (address, lines) = try Self.mail(lab)
            let id = try #require(
                lines.compactMap(\.mail).first { mail in
                    lab.server.world.mailboxes[address]?.ids(in: "INBOX")
                        .contains(mail.messageID) == true
                }
            ).messageID
            lab.server.change { world in world.mailboxes[address]?.move(id, to: "TRASH") }
            lab.server.resetCounters()
            try await lab.expect(["sync", "--json"], exit: 0)
            #expect(lab.server.counters().calls(.link) == 0)
            let rows = try await lab.run("find", "--message", id, "--json").jsonLines
            #expect(!rows.isEmpty)
            #expect(rows.allSatisfy { $0["folder"] == "TRASH" && $0["vanished"] == nil })
        }
    }

    @Test func `a mailbox that shows nothing all at once is not believed until told so`()
        async throws
    {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (address, lines) = try Self.mail(lab)
            try #require(lines.count > 20)
            let ids = lines.compactMap { $0.mail?.messageID }
            lab.server.change { world in
                for id in ids { world.mailboxes[address]?.remove(id) }
            }
            let ended = try await lab.expect(["sync", "--json"], exit: 14)
            #expect(ended.json?["conditions"] == ["breaker"])
            #expect(ended.errors.contains("--accept-vanish mail:\(address)"))
            #expect(try Self.source(ended, "mail:\(address)")["complete"] == false)
            #expect(try await Self.vanished(lab) == [])

            let accepted = try await lab.expect(
                ["sync", "--json", "--accept-vanish", "mail:\(address)"],
                exit: 0
            )
            #expect(
                try Self.source(accepted, "mail:\(address)")["vanished"]?.integer
                    == Int64(lines.count)
            )
            #expect(try await Self.vanished(lab).count == lines.count)
            try await lab.expectClean()
        }
    }

    @Test func `a walk that broke off, or that was asked for alone, concludes nothing`()
        async throws
    {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (address, lines) = try Self.mail(lab)
            let id = try #require(lines.first?.mail).messageID
            lab.server.change { world in world.mailboxes[address]?.remove(id) }
            lab.server.setFaults([
                SandboxFault(
                    .messages,
                    when: FaultMatcher(mailbox: address, skip: 1),
                    .refuse(status: 500, code: 1_230_003, message: "internal")
                )
            ])
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"]?.array?.contains("walk_incomplete") == true)
            lab.server.setFaults([])
            try await lab.expect(["sync", "--source", "mail:\(address)"], exit: 0)
            #expect(try await Self.vanished(lab) == [])
            try await lab.expect(["sync"], exit: 0)
            #expect(try await !Self.vanished(lab).isEmpty)
        }
    }

    @Test func `a task attachment vanishes only when the platform says that it is not there`()
        async throws
    {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let board = lab.server.world.tasks
            let shown = lab.server.truth().compactMap(\.task)
            let removed = try #require(shown.first)
            // The task of this one leaves every list and is still there.
            let unlisted = try #require(
                shown.first {
                    $0.taskGUID != removed.taskGUID && board[$0.taskGUID]?.parent == nil
                        && board.subtasks(of: $0.taskGUID).isEmpty
                        && (board[$0.taskGUID]?.attachments.count ?? 0) < 5
                }
            )
            lab.server.change { world in
                world.tasks.detach(removed.guid)
                for list in world.tasks.tasklists {
                    world.tasks.unlist(unlisted.taskGUID, from: list.guid)
                }
            }
            try await lab.expect(["sync", "--json"], exit: 0)
            let gone = try await Self.vanished(lab)
            #expect(gone.count == 1)
            #expect(gone.first?.hasSuffix(PercentEncoding.encode(removed.guid)) == true)
            try await lab.expectClean()
            lab.server.change { world in world.tasks = board }
            lab.server.resetCounters()
            try await lab.expect(["sync", "--json"], exit: 0)
            #expect(lab.server.counters().calls(.link) == 0)
            #expect(try await Self.vanished(lab) == [])
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }
}
