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
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (line, guid) = try await replace(in: lab)
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
            for (key, word) in [(line.key, "listed"), ("\(line.key)@1", "replaced")] {
                let story = try await lab.expect(["show", key, "--json"], exit: 0).json
                #expect(story?["upstream"]?.string == word)
                let told = (story?["records"]?.array ?? []).compactMap { $0["seq"]?.integer }
                let log = try await lab.expect(["audit", "log", "--attachment", key], exit: 0)
                let logged = Set(log.jsonLines.compactMap { $0["seq"]?.integer })
                #expect(told.count > 3 && logged.isSuperset(of: told), "\(told) \(logged)")
            }
            try await lab.expect(["restore", "\(line.key)@7", "--to", "\(lab.folder)/x"], exit: 2)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    /// Replaces the file of a task, and archives what is there instead.
    private func replace(in lab: Lab) async throws -> (line: TruthLine, guid: String) {
        let (line, guid) = try replaceUpstream(in: lab)
        let ended = try await lab.expect(["sync", "--json"], exit: 0)
        #expect(ended.json?["totals"]?["downloaded"] == 1)
        return (line, guid)
    }

    private func replaceUpstream(in lab: Lab) throws -> (line: TruthLine, guid: String) {
        let line = try #require(lab.server.truth().first { $0.task != nil && $0.size > 10 })
        let guid = try #require(line.task).guid
        let before = try #require(lab.server.world.tasks.attachment(guid)?.attachment)
        lab.server.change { world in
            var changed = before
            changed.fileToken = "boxcnCHANGED0000000000000001"
            changed.content = .text("another text")
            world.tasks.replace(changed)
        }
        return (line, guid)
    }

    private static let small = WorldRecipe(seed: 5, mailboxes: 1, messages: 4, tasks: 6)

    @Test func `an export has what was replaced as well, by filters and without any`() async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (line, guid) = try await replace(in: lab)
            let keys = [line.key, "\(line.key)@1"]
            for (name, filters) in [("all", []), ("some", ["--guid", guid])] {
                let to = "\(lab.folder)/\(name)"
                let words = ["export", "--format", "bagit", "--to", to] + filters
                let ended = try await lab.expect(words + ["--json"], exit: 0)
                let bag = Bag(folder: to)
                #expect(try bag.isWhole())
                let rows = try bag.lines("provenance.jsonl")
                #expect(ended.json?["exported"]?.integer == Int64(rows.count))
                let ours = rows.filter { $0["guid"]?.string == guid }
                #expect(Set(ours.compactMap { $0["key"]?.string }) == Set(keys))
                #expect(Set(ours.compactMap { $0["version"]?.integer }) == [1, 2])
                let old = try #require(ours.first { $0["version"] == 1 })
                #expect(old["sha256"]?.string == line.sha256)
                for row in ours {
                    let path = try #require(row["path"]?.string)
                    #expect(bag.digest(of: path) == row["sha256"]?.string)
                    #expect(row["record_held"] != nil)
                }
                let list = ["export", "--format", "jsonl"] + filters
                let lines = try await lab.expect(list, exit: 0).jsonLines
                let listed = Set(lines.compactMap { $0["key"]?.string })
                #expect(listed.isSuperset(of: keys))
                #expect(lines.count == rows.count)
            }
        }
    }

    @Test func `that the newest content is not held says nothing of the one before`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (line, _) = try replaceUpstream(in: lab)
            let gone = SandboxFault(.link, .raw(status: 404, type: "text/plain", body: "gone"))
            lab.server.setFaults([gone])
            try await lab.expect(["sync"], exit: 3)
            let newest = try await lab.expect(["show", line.key, "--json"], exit: 0).json
            let former = try await lab.expect(["show", "\(line.key)@1", "--json"], exit: 0).json
            #expect(newest?["ledger"] != nil && newest?["upstream"] == "listed")
            #expect(former?["ledger"] == nil && former?["upstream"] == "replaced")
            #expect(former?["sha256"]?.string == line.sha256)
            let bag = Bag(folder: "\(lab.folder)/bag")
            let ended = try await lab.expect(
                ["export", "--format", "bagit", "--to", bag.folder],
                exit: 3
            )
            #expect(ended.errors.contains("the last look at"), "\(ended.errors)")
            #expect(try bag.text("exceptions.csv").contains("its last look was not complete"))
        }
    }

    @Test func `filters restore the newest contents, and with --versions those before as well`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (line, guid) = try await replace(in: lab)
            for (more, count) in [([], 1), (["--versions"], 2)] {
                let words = ["restore", "--guid", guid, "--to", "\(lab.folder)/\(count)", "--json"]
                let ended = try await lab.expect(words + more, exit: 0)
                let given = ended.json?["restored"]?.array ?? []
                #expect(given.count == count)
                #expect(given.contains { $0["sha256"]?.string == line.sha256 } == (count == 2))
            }
        }
    }

    @Test func `whohas tells when bytes were there, not when their attachment was`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (line, guid) = try await replace(in: lab)
            let find = ["find", "--guid", guid, "--versions", "--json"]
            let rows = try await lab.expect(find, exit: 0).jsonLines
            let (new, old) = (try #require(rows.first), try #require(rows.last))
            func whohas(_ row: JSON) async throws -> JSON? {
                let digest = try #require(row["sha256"]?.string)
                let found = try await lab.expect(["whohas", digest, "--json"], exit: 0).jsonLines
                return found.first { $0["key"] == row["key"] }
            }
            let (former, latter) = (try await whohas(old), try await whohas(new))
            let story = try await lab.expect(["show", line.key, "--json"], exit: 0).json
            let listed = (story?["records"]?.array ?? []).filter { $0["type"] == "tasks.listed" }
            #expect(listed.map { $0["version"] } == [nil, 2])
            #expect(former?["first_seen"] == story?["first_seen"])
            #expect(former?["last_seen"] == new["archived_at"])
            #expect(latter?["first_seen"] == new["archived_at"])
            #expect(latter?["last_seen"] == story?["last_seen"])
        }
    }
}
