import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// Runs that end before their work is done say so and leave the rest to the next.
@Suite(.scratchDirectory, .serialized) struct LimitTests {
    private static let world = WorldRecipe(seed: 21, mailboxes: 2, messages: 30, tasks: 6)

    @Test func `a bound on bytes leaves attachments pending, and later runs bring them`()
        async throws
    {
        try await Lab.with(Self.world) { lab in
            let all = lab.server.truth().count
            let first = try await lab.expect(["sync", "--json", "--max-bytes", "200K"], exit: 8)
            #expect(first.json?["conditions"] == ["limit"])
            #expect(first.json?["outcome"] == "limited")
            let totals = try #require(first.json?["totals"])
            let (archived, pending) = (totals["archived"]?.integer, totals["pending"]?.integer)
            #expect(totals["listed"]?.integer == Int64(all))
            #expect((pending ?? 0) > 0)
            #expect((archived ?? 0) + (pending ?? 0) == Int64(all))
            try await lab.expectClean()
            var runs = 1
            while try await lab.run("sync", "--max-bytes", "1M").exit == 8, runs < 500 { runs += 1 }
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
        }
    }

    @Test func `a bound that the last file meets keeps nothing back`() async throws {
        let recipe = WorldRecipe(seed: 21, mailboxes: 2, messages: 30, tasks: 0)
        try await Lab.with(recipe) { lab in
            let all = lab.server.truth().map(\.size).reduce(0, +)
            let ended = try await lab.expect(["sync", "--json", "--max-bytes", "\(all)"], exit: 0)
            #expect(ended.json?["totals"]?["bytes_downloaded"]?.integer == Int64(all))
            #expect(ended.json?["outcome"] == "complete")
            #expect(ended.json?["conditions"] == [])
        }
    }

    @Test func `a bound on errors ends a run that fails at everything`() async throws {
        try await Lab.with(Self.world) { lab in
            lab.server.setFaults([
                SandboxFault(.link, .raw(status: 404, type: "text/plain", body: "gone"))
            ])
            let ended = try await lab.expect(["sync", "--json", "--max-errors", "3"], exit: 3)
            let conditions = ended.json?["conditions"]?.array ?? []
            #expect(conditions.contains("limit") && conditions.contains("items_failed"))
            let totals = try #require(ended.json?["totals"])
            #expect((totals["pending"]?.integer ?? 0) > 0)
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    @Test func `a used-up quota ends the run cleanly`() async throws {
        try await Lab.with(Self.world) { lab in
            lab.server.setFaults([
                SandboxFault(
                    .downloadURL,
                    when: FaultMatcher(skip: 4),
                    .refuse(status: 400, code: 99_991_403, message: "quota")
                )
            ])
            let ended = try await lab.expect(["sync", "--json"], exit: 8)
            #expect(ended.json?["conditions"] == ["quota"])
            #expect(ended.json?["totals"]?["failed"] == 0)
            #expect(try await lab.run("problems", "--json").output == "")
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
        }
    }

    @Test(arguments: [
        ["--max-duration", "soon"], ["--max-duration", "0s"], ["--max-bytes", "-1"],
        ["--max-bytes", "99999999999G"], ["--max-errors", "0"],
        ["--accept-vanish", "mail:nobody@corp.example"],
    ])
    func `bounds that make no sense are refused`(bounds: [String]) async throws {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"] + bounds, exit: 2)
        }
    }
}
