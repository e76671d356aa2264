import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// What a platform sends that is not as it should be costs what it speaks of, and no more.
@Suite(.scratchDirectory, .serialized) struct MalformedAnswersTests {
    private static let small = WorldRecipe(seed: 11, mailboxes: 2, messages: 12, tasks: 4)

    @Test(arguments: [
        Distortion(replaced: [WireJSON.Member("id", "")]),
        Distortion(replaced: [WireJSON.Member("id", "a\u{1}b")]),
        Distortion(replaced: [WireJSON.Member("id", 7)]), Distortion(omitted: ["id"]),
        Distortion(replaced: [WireJSON.Member("filename", 7)]),
    ])
    func `a malformed message is unread and the others go on`(distortion: Distortion) async throws {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(
                lab.server.truth().first { $0.mail.map { $0.state != .draft } ?? false }?.mail
            )
            try Self.distort(distortion, victim, in: lab)
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"] == ["message_unread"])
            let problems = try await lab.expect(["problems", "--json"], exit: 0).jsonLines
            #expect(problems.map { $0["message_id"]?.string } == [victim.messageID])
            #expect(problems.first?["reason"]?.string == "bad_answer")
            let lost = Set(
                lab.server.truth().filter { $0.mail?.messageID == victim.messageID }.map(\.key)
            )
            try await lab.expectTruth(except: lost)
            try Self.distort(Distortion(), victim, in: lab)
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    private static func distort(
        _ distortion: Distortion,
        _ victim: TruthLine.MailPlace,
        in lab: Lab
    ) throws {
        try lab.server.change { world in
            var message = try #require(world.mailboxes[victim.mailbox]?[victim.messageID])
            message.attachments[0].distortion = distortion
            world.mailboxes[victim.mailbox]?.add(message)
        }
    }

    @Test func `an attachment id that stands twice makes its message unread`() async throws {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(
                lab.server.truth().compactMap(\.mail).first { $0.state != .draft }
            )
            try lab.server.change { world in
                var message = try #require(world.mailboxes[victim.mailbox]?[victim.messageID])
                message.attachments.append(message.attachments[0])
                world.mailboxes[victim.mailbox]?.add(message)
            }
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"] == ["message_unread"])
        }
    }

    @Test func `malformed JSON for one message costs that message only`() async throws {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(
                lab.server.truth().compactMap(\.mail).first { $0.state != .draft }
            )
            let when = FaultMatcher(message: victim.messageID)
            let broken = FaultEffect.raw(
                status: 200,
                type: "application/json",
                body: #"{"code":0,"data":{"messages":["#
            )
            lab.server.setFaults([
                SandboxFault(.batchGet, when: when, broken),
                SandboxFault(.message, when: when, broken),
            ])
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"] == ["message_unread"])
            let lost = lab.server.truth().filter { $0.mail?.messageID == victim.messageID }
            try await lab.expectTruth(except: Set(lost.map(\.key)))
        }
    }

    @Test func `a size that is text leaves its source incomplete and the others go on`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(lab.server.truth().first { $0.task != nil })
            try lab.server.change { world in
                let place = try #require(victim.task)
                let task = try #require(world.tasks[place.taskGUID])
                var upload = try #require(task.attachments.first)
                upload.distortion = Distortion(replaced: [WireJSON.Member("size", "12")])
                world.tasks.replace(upload)
            }
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"] == ["walk_incomplete"])
            #expect(ended.json?["unseen"]?.array?.isEmpty == false)
            let problems = try await lab.expect(["problems"], exit: 0).output
            #expect(problems.contains("in the last run: "))
        }
    }
}
