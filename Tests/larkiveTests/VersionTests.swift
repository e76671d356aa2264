import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// Contents that are replaced upstream.
@Suite(.scratchDirectory, .serialized) struct VersionTests {
    @Test func `a task attachment that changes keeps both contents, each with its key`()
        async throws
    {
        let recipe = WorldRecipe(seed: 5, mailboxes: 1, messages: 4, tasks: 6)
        try await Lab.with(recipe) { lab in
            try await lab.expect(["sync"], exit: 0)
            let line = try #require(lab.server.truth().first { $0.task != nil && $0.size > 10 })
            let guid = try #require(line.task).guid
            let before = try #require(lab.server.world.tasks.attachment(guid)?.attachment)
            lab.server.change { world in
                var changed = before
                changed.fileToken = "boxcnCHANGED0000000000000001"
                changed.content = .text("another text")
                world.tasks.replace(changed)
            }
            let ended = try await lab.expect(["sync", "--json"], exit: 0)
            #expect(ended.json?["totals"]?["downloaded"] == 1)
            let rows = try await lab.expect(
                ["find", "--guid", guid, "--versions", "--json"],
                exit: 0
            )
            .jsonLines
            #expect(rows.compactMap { $0["key"]?.string } == [line.key, "\(line.key)@1"])
            #expect(rows.last?["sha256"]?.string == line.sha256)
            let number = try #require(rows.first?["id"]?.integer)
            for (key, folder) in [("\(number)@1", "old"), (line.key, "new")] {
                let to = "\(lab.folder)/\(folder)"
                try await lab.expect(["restore", key, "--to", to], exit: 0)
            }
            let old = try await lab.expect(
                ["restore", "\(line.key)@1", "--to", "\(lab.folder)/old", "--json"],
                exit: 0
            )
            #expect(old.json?["restored"]?.array?.first?["sha256"]?.string == line.sha256)
            try await lab.expect(["restore", "\(line.key)@7", "--to", "\(lab.folder)/x"], exit: 2)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }
}
