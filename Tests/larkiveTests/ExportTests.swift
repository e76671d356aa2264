import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct ExportTests {
    private static let small = WorldRecipe(seed: 21, mailboxes: 2, messages: 12, tasks: 3)

    @Test func `a bag has every attachment with its row, its record and its proof`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let ended = try await lab.expect(lab.export() + ["--json"], exit: 0)
            let bag = lab.bag
            #expect(try bag.isWhole())
            let rows = try bag.lines("provenance.jsonl")
            let truth = lab.server.truth()
            #expect(Set(rows.map { $0["key"]?.string }) == Set(truth.map(\.key)))
            for row in rows {
                let path = try #require(row["path"]?.string)
                #expect(bag.digest(of: path) == row["sha256"]?.string)
                let facts = try FileManager.default.attributesOfItem(
                    atPath: "\(bag.folder)/\(path)"
                )
                let date = try #require(facts[.modificationDate] as? Date)
                let given = row["date"]?.string.flatMap { Timestamp($0) }
                let milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded())
                #expect(given?.milliseconds == milliseconds)
            }
            let records = try bag.lines("audit/records.jsonl")
            let proofs = try bag.lines("audit/proofs.jsonl")
            #expect(records.map { $0["record"]?["seq"] } == proofs.map { $0["seq"] })
            let held = Set(
                records.compactMap {
                    $0["record"]?["type"] == "attachment.held" ? $0["record"]?["sha256"] : nil
                }
            )
            #expect(rows.allSatisfy { $0["sha256"].map(held.contains) ?? false })
            #expect(ended.json?["exported"]?.integer == Int64(truth.count))
            #expect(try bag.text("exceptions.csv").split(separator: "\r\n").count == 1)
            let oxum = try #require(
                bag.text("bag-info.txt").split(separator: "\n").first {
                    $0.hasPrefix("Payload-Oxum: ")
                }
            )
            let files = Set(rows.map { $0["path"] })
            #expect(oxum.hasSuffix(".\(files.count)"))
            let log = try await lab.expect(["audit", "log", "--private"], exit: 0).output
            #expect(log.contains(#""format":"bagit""#))
            try await lab.expectClean()
        }
    }

    @Test func `what hangs on one message stands in one folder, for each mailbox that has it`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            try await lab.expect(lab.export(), exit: 0)
            var folders: [String: Set<String>] = [:]
            for row in try lab.bag.lines("provenance.jsonl") {
                let home =
                    [row["mailbox"]?.string, row["message_id"]?.string, row["task_guid"]?.string]
                    .compactMap { $0 }.joined(separator: " ")
                let path = try #require(row["path"]?.string)
                folders[home, default: []].insert(
                    path.split(separator: "/").dropLast().joined(separator: "/")
                )
            }
            #expect(folders.values.allSatisfy { $0.count == 1 })
            #expect(Set(folders.values).count == folders.count)
        }
    }

    @Test func `private parts that speak of other messages stay in the archive unless asked for`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let all = try await lab.run("find", "--json").jsonLines
            let ids = all.compactMap { $0["message_id"]?.string }
            let id = try #require(ids.first)
            let others = Set(ids).subtracting([id])
            try #require(!others.isEmpty)
            let ended = try await lab.expect(lab.export("--message", id), exit: 0)
            #expect(ended.errors.contains("--whole-records"))
            let words = try lab.bag.words()
            #expect(words.contains(id))
            #expect(others.filter { words.contains($0) } == [])
            let rows = try lab.bag.lines("provenance.jsonl")
            #expect(rows.allSatisfy { $0["listed_private"] == "withheld" })
            #expect(try lab.bag.isWhole())

            let whole = lab.export("--message", id, "--whole-records", to: "whole")
            try await lab.expect(whole, exit: 0)
            let more = Bag(folder: "\(lab.folder)/whole")
            #expect(
                try more.lines("provenance.jsonl").allSatisfy { $0["listed_private"] == "given" }
            )
            let spoken = try more.words()
            #expect(others.contains { spoken.contains($0) })
        }
    }

    @Test func `a folder with anything in it is left as it is, and so is a file of that name`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            try await lab.expect(lab.export(), exit: 0)
            let before = try lab.bag.tree()
            let again = try await lab.expect(lab.export(), exit: 2)
            #expect(again.errors.contains("is not empty"))
            #expect(try lab.bag.tree() == before)
            try lab.write("file", "mine", mode: 0o600)
            try await lab.expect(lab.export(to: "file"), exit: 13)
            let table = ["export", "--format", "csv", "--to", "\(lab.folder)/file"]
            let taken = try await lab.expect(table, exit: 2)
            #expect(taken.errors.contains("is there already"))
            #expect(try String(contentsOfFile: "\(lab.folder)/file", encoding: .utf8) == "mine")
            try await lab.expect(lab.export(to: "archive/bag"), exit: 2)
            try await lab.expectClean()
        }
    }

    @Test func `a damaged object is no part of a bag, and is named`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let line = try #require(lab.server.truth().first { $0.size > 10 })
            try lab.damage(line.sha256)
            let ended = try await lab.expect(lab.export(), exit: 7)
            #expect(ended.errors.contains("larkive repair"))
            #expect(try lab.bag.isWhole())
            let rows = try lab.bag.lines("provenance.jsonl")
            #expect(!rows.contains { $0["sha256"]?.string == line.sha256 })
            let exceptions = try lab.bag.text("exceptions.csv").split(separator: "\r\n")
            let carriers = lab.server.truth().filter { $0.sha256 == line.sha256 }
            #expect(exceptions.dropFirst().count == carriers.count)
            #expect(exceptions.dropFirst().allSatisfy { $0.hasPrefix("damaged,") })
            // What was found is known from now on.
            let verdict = try await lab.expect(["verify", "--json"], exit: 7).json
            #expect(verdict?["findings"]?.array?.map { $0["code"] } == ["E051"])
        }
    }

    @Test func `bytes that the log does not give to an attachment are not handed out`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let rows = try await lab.run("find", "--json").jsonLines
            let first = try #require(rows.first { $0["id"] == 1 })
            let other = try #require(rows.first { $0["sha256"] != first["sha256"] })
            let digest = try #require(other["sha256"]?.string)
            try lab.change("UPDATE version SET digest = x'\(digest)' WHERE attachment = 1")
            let ended = try await lab.expect(lab.export("1"), exit: 7)
            #expect(ended.errors.contains("not as the audit log says"))
            #expect(try lab.bag.lines("provenance.jsonl").isEmpty)
            #expect(try lab.bag.text("exceptions.csv").contains("disagrees,1,1,"))
        }
    }

    @Test func `what was never archived is an exception with the words of the ledger`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            let line = try #require(lab.server.truth().first { $0.mail != nil })
            let mail = try #require(line.mail)
            let place = FaultMatcher(message: mail.messageID, attachment: mail.attachmentID)
            let gone = SandboxFault(
                .link,
                when: place,
                .raw(status: 404, type: "text/plain", body: "gone")
            )
            lab.server.setFaults([gone])
            try await lab.expect(["sync"], exit: 3)
            let ended = try await lab.expect(lab.export(), exit: 3)
            #expect(ended.errors.contains("1 attachment not held"))
            let exceptions = try lab.bag.text("exceptions.csv")
            #expect(exceptions.contains("not_held,"))
            #expect(exceptions.contains(line.key))
            let rows = try lab.bag.lines("provenance.jsonl")
            #expect(rows.count == lab.server.truth().count - 1)
            #expect(try lab.bag.isWhole())
        }
    }

    @Test func `nothing is handed out when it cannot be recorded`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            // As on a full disk: no file may grow. What is handed out goes into a pipe.
            let script = #"set -o pipefail; prlimit --fsize=0 "$0" "$@" | cat"#
            let words = [
                "-c", script, try Lab.binary, "--config", lab.config, "export", "--format",
            ]
            for rest in [["csv"], ["bagit", "--to", lab.bag.folder]] {
                let child = try Child(
                    "/bin/bash",
                    words + rest,
                    environment: lab.environmentUnderLimit
                )
                let ended = await Lab.end(of: child)
                #expect(ended.code == 13, "\(String(decoding: ended.errors, as: UTF8.self))")
                #expect(ended.output == [])
            }
            #expect(!FileManager.default.fileExists(atPath: lab.bag.folder))
        }
    }

    @Test func `a bag for which nothing matches says so`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let ended = try await lab.expect(lab.export("--name", "nobody wrote this"), exit: 0)
            #expect(ended.errors.contains("nothing matches, the bag is empty"), "\(ended.errors)")
            #expect(try lab.bag.isWhole())
        }
    }

    @Test(arguments: [
        (["--format", "bagit"], "needs --to"),
        (["--format", "bagit", "--to", ""], "needs the name"),
        (["--format", "zip"], "format"),
        (["--format", "bagit", "--to", "-"], "not -"),
        (["--format", "csv", "--json"], "are for --format bagit"),
        (["--format", "csv", "1", "--name", "x"], "cannot be given together"),
        (["--format", "csv", "999999"], "larkive find"),
    ])
    func `what makes no sense is refused`(words: [String], said: String) async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let ended = try await lab.expect(["export"] + words, exit: 2)
            #expect(ended.errors.contains(said), "\(ended.errors)")
            #expect(ended.output == "")
        }
    }
}
