import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// `whohas` and `show`.
@Suite(.scratchDirectory, .serialized) struct LookupTests {
    private static let small = WorldRecipe(seed: 27, mailboxes: 2, messages: 16, tasks: 4)

    @Test func `whoever carries the bytes of a file is named, by file, digest and its beginning`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let truth = lab.server.truth()
            let shared = Dictionary(grouping: truth, by: \.sha256).max {
                $0.value.count < $1.value.count
            }
            let (digest, lines) = (try #require(shared?.key), try #require(shared?.value))
            try await lab.expect(
                ["restore", "sha256:\(digest)", "--to", "\(lab.folder)/out"],
                exit: 0
            )
            let name = try #require(
                try FileManager.default.contentsOfDirectory(atPath: "\(lab.folder)/out")
                    .first { $0 != "names.tsv" }
            )
            for what in ["\(lab.folder)/out/\(name)", digest, "sha256:\(digest.prefix(16))"] {
                let rows = try await lab.expect(["whohas", what, "--json"], exit: 0).jsonLines
                #expect(Set(rows.compactMap { $0["key"]?.string }) == Set(lines.map(\.key)))
                #expect(rows.allSatisfy { $0["first_seen"] != nil && $0["last_seen"] != nil })
                let text = try await lab.expect(["whohas", what], exit: 0).output
                #expect(text.split(separator: "\n").count == Set(lines.map(\.key)).count)
            }
            let some = try await lab.expect(["whohas", digest, "--limit", "1"], exit: 0)
            #expect(some.output.split(separator: "\n").count == 1)
            #expect(
                some.errors.contains("and \(Set(lines.map(\.key)).count - 1) more: raise --limit")
            )
            try await lab.expect(["whohas", digest, "--limit", "0"], exit: 2)
        }
    }

    @Test func `bytes that nobody carries are no error, what is neither is one`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            try lab.write("mine", "my own", mode: 0o600)
            let none = try await lab.expect(["whohas", "\(lab.folder)/mine"], exit: 0)
            #expect(none.output == "" && none.errors.contains("nothing in the archive"))
            #expect(try await lab.run("whohas", "\(lab.folder)/mine", "--json").output == "")
            for what in ["\(lab.folder)/gone", "abc", "zzzzzzzz"] {
                let ended = try await lab.expect(["whohas", what], exit: 2)
                #expect(ended.errors.contains("there is no file"), "\(ended.errors)")
            }
            let empty = try await lab.expect(["whohas", ""], exit: 2)
            #expect(empty.errors.contains("is empty"), "\(empty.errors)")
            let ended = try await lab.expect(["whohas", lab.folder], exit: 2)
            #expect(ended.errors.contains("cannot be read"), "\(ended.errors)")
        }
    }

    @Test func `a beginning that several digests have lists them`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let digests = Array(Set(lab.server.truth().map(\.sha256))).sorted().prefix(2)
            // Nobody has two files whose digests begin alike: the manifest is told so.
            let twin = "\(digests[0].prefix(10))\(digests[1].dropFirst(10))"
            try lab.change("UPDATE version SET digest = x'\(twin)' WHERE digest = x'\(digests[1])'")
            let prefix = "sha256:\(digests[0].prefix(10))"
            for command in [
                ["show", prefix], ["whohas", prefix],
                ["restore", prefix, "--to", "\(lab.folder)/out"],
            ] {
                let ended = try await lab.expect(command, exit: 2)
                #expect(ended.errors.contains("is the beginning of 2 digests"))
                #expect(
                    ended.errors.contains("sha256:\(digests[0].prefix(12)) "),
                    "\(ended.errors)"
                )
                #expect(ended.errors.contains("sha256:\(twin.prefix(12)) "), "\(ended.errors)")
            }
        }
    }

    @Test func `a manifest that gives other bytes than the log is told as such`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let row = try #require(try await lab.run("find", "--json").jsonLines.first)
            let (id, digest) = (
                try #require(row["id"]?.integer), try #require(row["sha256"]?.string)
            )
            let other = String(repeating: "ab", count: 32)
            try lab.change("UPDATE version SET digest = x'\(other)' WHERE attachment = \(id)")
            let told = try await lab.expect(["show", "\(id)", "--json"], exit: 7)
            #expect(told.errors.contains("which says sha256:\(digest)"), "\(told.errors)")
            #expect(told.json?["sha256"]?.string == other)
            let held = told.json?["records"]?.array?.compactMap { $0["sha256"]?.string } ?? []
            #expect(held == [digest])
        }
    }

    /// As between a record and its row, in a run that is at work or was killed.
    @Test func `what the log has and the manifest not yet is no contradiction`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            try lab.change("UPDATE version SET digest = NULL, how = NULL WHERE attachment = 1")
            try lab.change("UPDATE attachment SET state = 'wanted' WHERE n = 1")
            let told = try await lab.expect(["show", "1", "--json"], exit: 0)
            #expect(told.errors.contains("the audit log holds it already"), "\(told.errors)")
            #expect(
                (told.json?["sha256"]?.string ?? "").isEmpty
                    && told.json?["records"]?.array?.count == 2
            )
        }
    }

    @Test func `what the manifest holds and no record does is told as such`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let story = try #require(try await lab.run("show", "1", "--json").json)
            let name = try #require(story["records"]?.array?.last?["segment"]?.string)
            let segment = lab.file("audit/\(name)")
            try FileManager.default.moveItem(atPath: segment, toPath: "\(segment).away")
            var told = try await lab.expect(["show", "1", "--json"], exit: 7)
            #expect(told.errors.contains("no record of the audit log does"), "\(told.errors)")
            #expect(told.json?["key"] == story["key"])
            try Data("no gzip".utf8).write(to: URL(filePath: segment))
            told = try await lab.expect(["show", "1", "--json"], exit: 15)
            #expect(told.errors.contains("cannot be read"), "\(told.errors)")
            #expect(told.errors.contains(name) && told.json?["records_whole"] == false)
            try FileManager.default.removeItem(atPath: segment)
            try FileManager.default.moveItem(atPath: "\(segment).away", toPath: segment)
            try await lab.expect(["show", "1", "--json"], exit: 0)
        }
    }

    @Test func `everything about an attachment is told, with the records that say so`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            try await lab.expect(["verify", "--read-data"], exit: 0)
            try await lab.expect(["sync"], exit: 0)
            let records = try await lab.run("audit", "log").jsonLines
            for row in try await lab.run("find", "--json").jsonLines.prefix(6) {
                let id = try #require(row["id"]?.integer)
                let story = try #require(try await lab.run("show", "\(id)", "--json").json)
                for name in ["key", "name", "sha256", "source", "from", "subject", "task_guid"] {
                    #expect(story[name] == row[name], "\(name)")
                }
                #expect(story["upstream"] == "listed")
                #expect(story["object"]?["verified"]?.string != nil)
                let digest = try #require(row["sha256"]?.string)
                #expect(
                    story["object"]?["path"] == .string("objects/\(digest.prefix(2))/\(digest)")
                )
                let places = lab.server.truth().filter { $0.sha256 == digest }.map(\.key)
                let told = (story["places"]?.array ?? []).compactMap { $0["key"]?.string }
                #expect(Set(told + [try #require(row["key"]?.string)]) == Set(places))
                let found = try #require(story["records"]?.array)
                for place in found {
                    let record = records.first { $0["seq"] == place["seq"] }
                    #expect(record?["type"] == place["type"])
                    let segment = try #require(place["segment"]?.string)
                    let child = try Child("/usr/bin/zcat", [lab.file("audit/\(segment)")])
                    let text = String(decoding: (await Lab.end(of: child)).output, as: UTF8.self)
                    let seq = try #require(place["seq"]?.integer)
                    #expect(text.contains("\"seq\":\(seq),"), "\(segment)")
                }
                let types = found.compactMap { $0["type"]?.string }
                let first = row["kind"] == "mail" ? "messages.examined" : "tasks.listed"
                #expect(types.first == first && types.contains { $0.hasPrefix("attachment.") })
                let page = try await lab.expect(["show", "\(id)"], exit: 0).output
                #expect(
                    page.contains("in Feishu") && page.contains("record ") && page.contains(digest)
                )
            }
            // What waits in the inbox becomes a record with the next run.
            try await lab.expect(["sync"], exit: 0)
            let log = try await lab.run("audit", "log", "--type", "lookup.done", "--private")
            #expect(log.jsonLines.count == 12)
            #expect(log.jsonLines.allSatisfy { $0["private"]?["command"] == "show" })
            try await lab.expectClean()
        }
    }

    @Test func `a digest in capitals is a key, one of few digits says how many it takes`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let digest = try #require(lab.server.truth().first?.sha256)
            for key in [digest.uppercased(), "SHA256:\(digest.uppercased())", "sha256:\(digest)"] {
                let told = try await lab.expect(["show", key, "--json"], exit: 0).json
                #expect(told?["sha256"]?.string == digest)
            }
            for key in ["sha256:\(digest.prefix(5))", "sha256:", "sha256:xyzxyz", "SHA256:1"] {
                let ended = try await lab.expect(["show", key], exit: 2)
                #expect(ended.errors.contains("give 6 to 64 hex digits"), "\(ended.errors)")
            }
            for key in ["1@2", "mail:a/b/c@2"] {
                let ended = try await lab.expect(["show", key], exit: 2)
                #expect(ended.errors.contains("nothing has the key `\(key)`"), "\(ended.errors)")
                #expect(ended.errors.contains("larkive find --versions"), "\(ended.errors)")
            }
        }
    }

    @Test func `a source is told without regard to case, as its mailbox is`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let rows = try await lab.run("find", "--json").jsonLines
            let mailboxes = rows.compactMap { $0["mailbox"]?.string }
            let mailbox = try #require(mailboxes.first)
            let ours = try await lab.run("find", "--json", "--mailbox", mailbox).output
            let source = "Mail:\(mailbox.uppercased())"
            #expect(try await lab.run("find", "--json", "--source", source).output == ours)
            #expect(!ours.isEmpty)
        }
    }

    @Test(arguments: ["999999", "mail:a/b/c", "sha256:00000000"])
    func `a key that nothing has is refused with a hint`(key: String) async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let ended = try await lab.expect(["show", key], exit: 2)
            #expect(ended.errors.contains("larkive find"))
        }
    }
}
