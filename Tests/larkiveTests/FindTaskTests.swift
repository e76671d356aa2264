import FeishuSandbox
import LarkiveCore
import LarkiveTesting
import Testing

/// `--task`: the guid of a task, or words of its summary.
@Suite(.scratchDirectory, .serialized) struct FindTaskTests {
    private static let small = WorldRecipe(seed: 29, mailboxes: 1, messages: 3, tasks: 8)

    /// Which tasks are found; those of three are named like guids, and after another's.
    private func check(_ body: (Lab, [String]) async throws -> Void) async throws {
        var guids: [String] = []
        try await Lab.with(Self.small) { world in
            var named = world.tasks.tasks.filter { !$0.attachments.isEmpty }.prefix(3).map { $0 }
            try #require(named.count == 3)
            guids = named.map(\.guid)
            named[1].summary = "2026-03-02-north-east"
            named[2].summary = "goes on from \(guids[0]), see there"
            for task in named { world.tasks.add(task) }
        } _: { lab in
            try await lab.expect(["sync"], exit: 0)
            try await body(lab, guids)
        }
    }

    private func tasks(_ lab: Lab, _ words: String...) async throws -> Set<String> {
        let rows = try await lab.expect(["find", "--json"] + words, exit: 0).jsonLines
        return Set(rows.compactMap { $0["task_guid"]?.string })
    }

    @Test func `a guid finds its task and those that speak of it, dashes make no guid`()
        async throws
    {
        try await check { lab, guids in
            for _ in 0..<2 {
                #expect(try await tasks(lab, "--task", guids[0]) == [guids[0], guids[2]])
                #expect(try await tasks(lab, "--task", guids[0], "--limit", "1").count == 1)
                #expect(try await tasks(lab, "--task", "2026-03-02-north-east") == [guids[1]])
                #expect(try await tasks(lab, "--task", "north") == [guids[1]])
                #expect(try await tasks(lab, "--task", "0-0-0-0-0") == [])
                // Once with the index, once without.
                try lab.change("DROP TABLE IF EXISTS search")
            }
        }
    }
}
