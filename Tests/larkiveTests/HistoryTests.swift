import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// Random lives of an archive: runs, deaths, changes in Feishu, checks and rebuilding in any order.
@Suite(.scratchDirectory) struct HistoryTests {
    private static let seeds: Range<UInt64> = 0..<6
    private static let steps = 14

    enum Step: String, CaseIterable {
        case sync, killed, stopped, change, rebuild, rebuildKilled, manifestLost, twoAtOnce, retry

        static let often = allCases + [.killed, .killed, .change, .change]
    }

    @Test(arguments: seeds)
    func `whatever happens, in whatever order, nothing that was held is lost`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let recipe = WorldRecipe(seed: seed, mailboxes: 2, messages: 24, tasks: 8)
        try await Lab.with(recipe) {
            $0.shrink()
        } _: { lab in
            var model = ArchiveModel(lab: lab, name: "history \(seed)")
            var deaths = 0
            for place in 0..<Self.steps {
                // The first run has so much to do that it is killed for certain.
                let step = place == 0 ? .killed : Step.often.randomElement(using: &random) ?? .sync
                model.learn()
                let history = History(lab: lab, name: "history \(seed), \(place) \(step)")
                if try await history.take(step, &random) { deaths += 1 }
                try await model.check(after: "\(place) \(step)")
            }
            // What failed in three runs would wait for an hour.
            try await lab.expect(["problems", "--retry-all"], exit: 0)
            model.learn()
            // Many changes between two runs may look like a mistake.
            let sources = lab.sources.flatMap { ["--accept-vanish", $0] }
            try await lab.expect(["sync"] + sources, exit: 0)
            try await model.check(after: "the end")
            try await model.expectComplete(after: "the end")
            try await lab.expectClean()
            #expect(model.held.count > 20 && deaths > 0)
            print("history: seed \(seed), \(model.held.count) versions held, \(deaths) deaths")
        }
    }
}

extension Lab {
    /// Everything that the config names.
    var sources: [String] {
        server.world.mailboxes.keys.sorted().map { "mail:\($0)" }
            + server.world.tasks.tasklists.map { "tasklist:\($0.guid)" }
    }
}

/// One step of a life.
private struct History {
    let lab: Lab
    let name: String

    /// Returns whether a program was killed in it.
    func take(_ step: HistoryTests.Step, _ random: inout SeededGenerator) async throws -> Bool {
        switch step {
        case .sync: try await sync()
        case .killed: return try await end(with: SIGKILL, &random)
        case .stopped: return try await end(with: SIGTERM, &random)
        case .change:
            let seed = random.next()
            lab.server.change { $0.change(seed: seed % 1_000_000) }
        case .rebuild: try await rebuild()
        case .rebuildKilled: try await killRebuild(&random)
        case .manifestLost:
            try await sync()
            try FileManager.default.removeItem(atPath: lab.file("manifest.sqlite"))
            try await lab.expect(["rebuild"], exit: 0)
        case .twoAtOnce: try await syncTwice()
        case .retry: try await lab.expect(["problems", "--retry-all"], exit: 0)
        }
        return false
    }

    private func sync() async throws {
        let ended = try await lab.run("sync", "--json")
        #expect([0, 3, 14].contains(ended.exit), "\(name): \(ended.errors)")
        for source in (ended.json?["sources"]?.array ?? []) + [ended.json?["totals"] ?? .null] {
            let parts = ["known", "archived", "failed", "skipped", "pending"]
            let sum = parts.compactMap { source[$0]?.integer }.reduce(0, +)
            #expect(source["listed"]?.integer == sum, "\(name): \(source)")
        }
    }

    /// Ends a run at a random one of its calls, if it is still alive then.
    private func end(with signal: Int32, _ random: inout SeededGenerator) async throws -> Bool {
        lab.server.resetCounters()
        let child = try lab.start(["sync"])
        let calls = Int.random(in: 0...25, using: &random)
        await lab.server.wait { $0.calls.values.reduce(0, +) >= calls || child.hasEnded }
        child.send(signal)
        let ended = await Lab.end(of: child)
        let allowed: Set<Int32> =
            signal == SIGKILL ? [SIGKILL, 0, 3, 14] : [143, SIGTERM, 0, 3, 14]
        #expect(allowed.contains(ended.code), "\(name): \(ended.code)")
        return ended.code == SIGKILL
    }

    private func rebuild() async throws {
        let model = ArchiveModel(lab: lab, name: name)
        // A run that died may have left records that the manifest has not folded yet.
        try await sync()
        let before = try await model.dump()
        try await lab.expect(["rebuild"], exit: 0)
        #expect(try await model.dump() == before, "\(name)")
    }

    private func killRebuild(_ random: inout SeededGenerator) async throws {
        let child = try lab.start(["rebuild"])
        let waits = UInt32.random(in: 0...60_000, using: &random)
        await withCheckedContinuation { done in
            DispatchQueue.global().async {
                usleep(waits)
                done.resume()
            }
        }
        child.send(SIGKILL)
        #expect([SIGKILL, 0].contains(await Lab.end(of: child).code), "\(name)")
        try await sync()
    }

    /// One does the work and the other is refused, or comes when the first has ended.
    private func syncTwice() async throws {
        let both = [try lab.start(["sync"]), try lab.start(["sync"])]
        var codes: [Int32] = []
        for child in both { codes.append(await Lab.end(of: child).code) }
        #expect(codes.allSatisfy { [0, 3, 11, 14].contains($0) }, "\(name): \(codes)")
        #expect(codes.contains { $0 != 11 }, "\(name): \(codes)")
    }
}
