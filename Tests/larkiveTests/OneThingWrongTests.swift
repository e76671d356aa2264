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
