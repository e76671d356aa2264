import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct OneThingWrongTests {
    private static let small = WorldRecipe(seed: 11, mailboxes: 2, messages: 12, tasks: 4)

    @Test func `a forbidden mailbox fails by name and the others go on`() async throws {
        try await Lab.with(Self.small) { world in
            let address = try #require(world.mailboxes.keys.min())
            world.mailboxes[address]?.isForbidden = true
        } _: { lab in
            let address = try #require(lab.server.world.mailboxes.keys.min())
            let ended = try await lab.expect(["sync", "--json"], exit: 6)
            #expect(ended.json?["conditions"]?.array?.contains("source_forbidden") == true)
            #expect(ended.errors.contains("mail:\(address)"))
            let complete = ended.json?["sources"]?.array?.filter { $0["complete"]?.bool == true }
            #expect(complete?.count == 3)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    /// What is wrong with one answer, and the reason that stands in the ledger.
    @Test(arguments: [
        (BadAnswer.shortBody, FailureReason.shortBody), (.html, .notAFile),
        (.jsonError, .notAFile), (.refused, .linkRefused), (.gone, .linkDead),
        (.encoded, .badAnswer),
    ])
    func `one bad body fails one attachment, and the next run brings it`(
        bad: BadAnswer,
        reason: FailureReason
    ) async throws {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(
                lab.server.truth().first {
                    guard let mail = $0.mail else { return false }
                    return mail.kind == .ordinary && $0.size > 2_000 && $0.name.hasSuffix(".xlsx")
                        && mail.state != .draft
                }
            )
            lab.server.setFaults(try bad.faults(on: victim))
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"] == ["items_failed"])
            #expect(ended.json?["totals"]?["failed"]?.integer == 1)
            let problems = try await lab.expect(["problems", "--json"], exit: 0).jsonLines
            #expect(problems.map { $0["key"]?.string } == [victim.key])
            #expect(problems.first?["reason"]?.string == reason.rawValue, "\(problems)")
            try await lab.expectTruth(except: [victim.key])
            try await lab.expectClean()
            lab.server.setFaults([])
            lab.server.resetCounters()
            try await lab.expect(["sync"], exit: 0)
            #expect(lab.server.counters().calls(.link) == 1)
            #expect(try await lab.expect(["problems", "--json"], exit: 0).output == "")
            try await lab.expectTruth()
        }
    }

    enum BadAnswer: Sendable {
        case shortBody, html, jsonError, refused, gone, encoded

        func faults(on line: TruthLine) throws -> [SandboxFault] {
            let mail = try #require(line.mail)
            let when = FaultMatcher(message: mail.messageID, attachment: mail.attachmentID)
            let header = Header("Content-Disposition", "")
            switch self {
            case .shortBody: return [SandboxFault(.link, when: when, .cut(after: 1_000))]
            case .html:
                return [
                    SandboxFault(
                        .link,
                        when: when,
                        .raw(status: 200, type: "text/html", body: "<html>sign in</html>")
                    )
                ]
            case .jsonError:
                return [
                    SandboxFault(
                        .link,
                        when: when,
                        .raw(
                            status: 200,
                            type: "application/json",
                            body: #"{"code":99,"msg":"expired"}"#,
                            headers: [header]
                        )
                    )
                ]
            case .refused:
                return [
                    SandboxFault(
                        .downloadURL,
                        when: FaultMatcher(message: mail.messageID),
                        .failedIDs([mail.attachmentID])
                    )
                ]
            case .gone:
                return [
                    SandboxFault(
                        .link,
                        when: when,
                        .raw(status: 404, type: "text/plain", body: "gone")
                    )
                ]
            case .encoded:
                return [
                    SandboxFault(
                        .link,
                        when: when,
                        .headers([Header("Content-Encoding", "gzip")])
                    )
                ]
            }
        }
    }

    /// Task attachments declare their size: more and fewer bytes are found out.
    @Test(arguments: [(5, FailureReason.longBody), (-5, .shortBody)])
    func `a body of another size than declared is refused`(
        difference: Int,
        reason: FailureReason
    ) async throws {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(lab.server.truth().first { $0.task != nil && $0.size > 100 })
            lab.server.setFaults([
                SandboxFault(
                    .link,
                    when: FaultMatcher(attachment: try #require(victim.task).guid),
                    .resize(by: difference)
                ),
                SandboxFault(
                    .link,
                    when: FaultMatcher(guid: try #require(victim.task).guid),
                    .resize(by: difference)
                ),
            ])
            try await lab.expect(["sync"], exit: 3)
            let problems = try await lab.expect(["problems", "--json"], exit: 0).jsonLines
            #expect(problems.first?["reason"]?.string == reason.rawValue, "\(problems)")
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
        }
    }

    /// Ids and types that make no sense, in one message: it is unread, all others are archived.
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

    @Test func `without the body scope nothing is taken for empty`() async throws {
        try await Lab.with(Self.small) { world in
            world.app.scopes.remove(.body)
        } _: { lab in
            let ended = try await lab.expect(["sync", "--json"], exit: 6)
            #expect(ended.json?["conditions"]?.array?.contains("blind") == true)
            #expect(ended.errors.contains("mail:user_mailbox.message.body:read"))
            lab.server.change { $0.app.scopes = Set(World.Scope.allCases) }
            lab.server.revokeTokens()
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
        }
    }
}
