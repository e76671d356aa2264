import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct KillTests {
    /// kill -9 at random moments, each within one and the same archive's first sync, again and
    /// again; afterwards one run finishes and everything is there.
    @Test(arguments: UInt64(0)..<10)
    func `a run that is killed five times is finished by the next`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let recipe = WorldRecipe(seed: seed, mailboxes: 1, messages: 40, tasks: 8)
        try await Lab.with(recipe) { lab in
            let total = lab.server.truth().count
            var afterJournal = 0
            for _ in 0..<5 {
                lab.server.resetCounters()
                let child = try lab.start(["sync"])
                // Five times a sixth leave something to bring, so that every kill meets a live run.
                let calls = Int.random(in: 1...max(2, total / 6), using: &random)
                await lab.server.wait { $0.calls(.link) >= calls || child.hasEnded }
                child.send(SIGKILL)
                #expect(await Lab.end(of: child).code == SIGKILL)
                let journal = try Data(contentsOf: URL(filePath: lab.file("audit/open.jsonl")))
                if !journal.isEmpty { afterJournal += 1 }
            }
            // run.started is in the journal before the first download.
            #expect(afterJournal >= 3)
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }
}
