import FeishuSandbox
import LarkiveCore
import LarkiveTesting
import Testing

/// Many requests through random faults, with a world that goes on changing: whatever is not in the
/// archive is named, after every run.
@Suite(.scratchDirectory) struct SoakTests {
    /// Of all seeds together.
    private static let requests = 10_000
    private static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]
    private static let storms: UInt64 = 5
    /// Everything but lies that nobody can see through: mail declares neither sizes nor digests.
    private static let weather = StormKind.allCases.filter {
        ![.shortBody, .longBody].contains($0)
    }

    @Test(arguments: seeds)
    func `five stormy runs and a fair one lose nothing that they do not name`(
        seed: UInt64
    ) async throws {
        let recipe = WorldRecipe(seed: seed, mailboxes: 3, messages: 230, tasks: 14)
        try await Lab.with(recipe) {
            $0.shrink()
            // As long as the longest wait of a storm: a loaded machine carries calls slowly.
            $0.quirks.penaltyGrace = .seconds(1)
        } _: { lab in
            var check = SoakCheck(lab: lab)
            for round in 1...Self.storms {
                lab.server.setStorm(
                    FaultStorm(seed: seed * 100 + round, rate: 0.08, kinds: Self.weather)
                )
                try await check.run("seed \(seed), run \(round)")
                lab.server.change { $0.change(seed: seed * 100 + round) }
            }
            lab.server.setStorm(nil)
            // What failed in three runs would wait for an hour.
            try await lab.expect(["problems", "--retry-all"], exit: 0)
            try await check.run("seed \(seed), fair weather")
            try await Self.expectEverything(lab, check)
            let counters = lab.server.counters()
            let requests = counters.calls.values.reduce(0, +)
            print("soak: seed \(seed), \(requests) requests, \(counters.faultsMet) faults")
            print("soak: seed \(seed), \(counters.faultsByKind.sorted { $0.key < $1.key })")
            #expect(requests * Self.seeds.count >= Self.requests)
            #expect(counters.faultsMet >= requests / 30 && counters.faultsByKind.count >= 14)
        }
    }

    private static func expectEverything(_ lab: Lab, _ check: SoakCheck) async throws {
        #expect(check.lastExit == 0)
        // What went from Feishu before it could be brought stays in the ledger.
        let problems = try await lab.run("problems", "--json").jsonLines
        #expect(problems.allSatisfy { $0["vanished"] != nil }, "\(problems)")
        let held = try await lab.run("find", "--json").jsonLines
        let ours = Dictionary(
            held.map { ($0["key"]?.string ?? "", $0["sha256"]?.string ?? "") },
            uniquingKeysWith: { first, _ in first }
        )
        let lost = lab.server.truth().filter { ours[$0.key] != $0.sha256 }
        #expect(lost.map(\.key) == [])
        try await lab.expectClean()
    }
}
