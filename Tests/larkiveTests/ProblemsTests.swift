import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// The ledger as its operator meets it.
@Suite(.scratchDirectory, .serialized) struct ProblemsTests {
    private static let world = WorldRecipe(seed: 11, mailboxes: 2, messages: 12, tasks: 4)

    /// An archive in which some downloads failed, and their keys.
    private static func broken(_ lab: Lab, _ count: Int) async throws -> [String] {
        let victims = lab.server.truth().compactMap { line in
            line.mail.map { (line.key, $0) }
        }.prefix(count)
        lab.server.setFaults(
            victims.map { _, mail in
                SandboxFault(
                    .link,
                    when: FaultMatcher(message: mail.messageID, attachment: mail.attachmentID),
                    .raw(status: 404, type: "text/plain", body: "gone")
                )
            }
        )
        try await lab.expect(["sync"], exit: 3)
        return victims.map(\.0).sorted()
    }

    private static func records(_ type: String, _ lab: Lab) async throws -> [JSON] {
        let lines = try await lab.expect(["audit", "log", "--private"], exit: 0).jsonLines
        return lines.filter { $0["type"]?.string == type }
    }

    @Test func `what failed is listed, brought by the next run, and its resolution recorded`()
        async throws
    {
        try await Lab.with(Self.world) { lab in
            let keys = try await Self.broken(lab, 3)
            let problems = try await lab.expect(["problems", "--json"], exit: 0).jsonLines
            #expect(problems.compactMap { $0["key"]?.string }.sorted() == keys)
            #expect(problems.allSatisfy { $0["reason"] == "link_dead" && $0["attempts"] == 1 })
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            #expect(try await Self.records("attachment.resolved", lab).count == 3)
            #expect(try await lab.run("problems", "--json").output == "")
            try await lab.expectClean()
        }
    }

    @Test func `an item that failed three times waits, and is due again when told`() async throws {
        try await Lab.with(Self.world) { lab in
            let keys = try await Self.broken(lab, 1)
            try await lab.expect(["sync"], exit: 3)
            try await lab.expect(["sync"], exit: 3)
            lab.server.setFaults([])
            lab.server.resetCounters()
            let waiting = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(waiting.json?["totals"]?["failed"] == 1)
            #expect(lab.server.counters().calls(.downloadURL) == 0)
            try await lab.expect(["problems", "--retry", keys[0]], exit: 0)
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            #expect(try await Self.records("ledger.retried", lab).count == 1)
        }
    }

    @Test func `an accepted item is skipped by name, with who and why in the log`() async throws {
        try await Lab.with(Self.world) { lab in
            let keys = try await Self.broken(lab, 2)
            try await lab.expect(["problems", "--accept", keys[0]], exit: 2)
            try await lab.expect(
                ["problems", "--accept", keys[0], "--reason", "the sender withdrew it"],
                exit: 0
            )
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["totals"]?["skipped_by_rule"]?["accepted"] == 1)
            #expect(ended.json?["totals"]?["failed"] == 1)
            let records = try await Self.records("attachment.accepted", lab)
            #expect(records.first?["private"]?["reason"] == "the sender withdrew it")
            #expect(records.first?["private"]?["actor"]?["uid"]?.integer != nil)
            let status = try await lab.expect(["status", "--json"], exit: 0)
            let accepted = status.json?["sources"]?.array?.compactMap { $0["accepted"]?.integer }
            #expect(accepted?.reduce(0, +) == 1)
            try await lab.expectClean()
        }
    }

    @Test func `an unread message can be made due, not accepted`() async throws {
        try await Lab.with(Self.world) { lab in
            let mail = try #require(lab.server.truth().compactMap(\.mail).first)
            let when = FaultMatcher(message: mail.messageID)
            let refusal = FaultEffect.refuse(status: 400, code: 1_230_001, message: "bad")
            lab.server.setFaults([
                SandboxFault(.batchGet, when: when, refusal),
                SandboxFault(.message, when: when, refusal),
            ])
            for _ in 0..<3 { try await lab.expect(["sync"], exit: 3) }
            let problem = try #require(try await lab.run("problems", "--json").jsonLines.first)
            let key = try #require(problem["key"]?.string)
            #expect(problem["state"] == "unread")
            let refused = try await lab.expect(
                ["problems", "--accept", key, "--reason", "why not"],
                exit: 2
            )
            #expect(refused.errors.contains("never read"))
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 3)
            try await lab.expect(["problems", "--retry-all"], exit: 0)
            try await lab.expect(["sync"], exit: 0)
            #expect(try await Self.records("message.resolved", lab).count == 1)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    @Test func `a rule that is taken back brings what it left out`() async throws {
        try await Lab.with(Self.world) { lab in
            let config = try String(contentsOfFile: lab.config, encoding: .utf8)
            let without = config.replacingOccurrences(
                of: "mail:\n",
                with: "mail:\n  inline_images: false\n"
            )
            try lab.write("larkive.yaml", without, mode: 0o600)
            let first = try await lab.expect(["sync", "--json"], exit: 0)
            let skipped = first.json?["totals"]?["skipped_by_rule"]?["inline_images"]?.integer ?? 0
            #expect(skipped > 0)
            try lab.write("larkive.yaml", config, mode: 0o600)
            let second = try await lab.expect(["sync", "--json"], exit: 0)
            #expect(second.json?["totals"]?["archived"]?.integer == skipped)
            #expect(second.json?["totals"]?["skipped"] == 0)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    @Test func `an unknown key is named`() async throws {
        try await Lab.with(Self.world) { lab in
            let ended = try await lab.expect(["problems", "--retry", "4711"], exit: 2)
            #expect(ended.errors.contains("4711"))
        }
    }
}
