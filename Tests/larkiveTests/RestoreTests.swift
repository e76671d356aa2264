import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct RestoreTests {
    private static let small = WorldRecipe(seed: 21, mailboxes: 1, messages: 12, tasks: 3)

    @Test func `a file is found by every id and given back byte for byte`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            for line in lab.server.truth().prefix(6) + lab.server.truth().suffix(3) {
                var asked: [[String]] = [["--sha256", line.sha256]]
                if let mail = line.mail {
                    asked.append(["--message", mail.messageID, "--attachment", mail.attachmentID])
                } else if let task = line.task {
                    asked += [["--guid", task.guid], ["--file-token", task.fileToken]]
                }
                for filters in asked {
                    let rows = try await lab.run(["find", "--json"] + filters).jsonLines
                    #expect(rows.contains { $0["key"]?.string == line.key }, "\(filters)")
                }
                let folder = "\(lab.folder)/out-\(line.sha256.prefix(8))"
                let ended = try await lab.expect(
                    ["restore", line.key, "--to", folder, "--json"],
                    exit: 0
                )
                let path = try #require(ended.json?["restored"]?.array?.first?["path"]?.string)
                #expect(path.hasPrefix(folder))
                let bytes = try Data(contentsOf: URL(filePath: path))
                #expect(bytes.count == line.size)
                #expect(
                    Lab.sha256(path) == line.sha256
                )
            }
            let log = try await lab.expect(["audit", "log"], exit: 0).output
            #expect(log.contains(#""type":"restore.done""#))
            try await lab.expectClean()
        }
    }

    @Test func `restoring twice changes nothing, other bytes in the way are an error`() async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let out = "\(lab.folder)/out"
            let first = try await lab.expect(["restore", "1", "--to", out, "--json"], exit: 0)
            let path = try #require(first.json?["restored"]?.array?.first?["path"]?.string)
            let again = try await lab.expect(["restore", "1", "--to", out], exit: 0)
            #expect(again.output.contains("was there already"))
            try Data("mine".utf8).write(to: URL(filePath: path))
            try await lab.expect(["restore", "1", "--to", out], exit: 3)
            #expect(try Data(contentsOf: URL(filePath: path)) == Data("mine".utf8))
        }
    }

    @Test func `a damaged object is not handed out`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let line = try #require(lab.server.truth().first { $0.size > 10 })
            let object = lab.file("objects/\(line.sha256.prefix(2))/\(line.sha256)")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: object)
            var bytes = try Data(contentsOf: URL(filePath: object))
            bytes[5] ^= 1
            try bytes.write(to: URL(filePath: object))
            try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: object)
            let out = "\(lab.folder)/out"
            let refused = try await lab.expect(["restore", line.key, "--to", out], exit: 7)
            #expect(refused.errors.contains("larkive repair sha256:\(line.sha256.prefix(12))"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: out) == [])
            // What was found is known from now on, also to those who read nothing.
            let verdict = try await lab.expect(["verify", "--json"], exit: 7).json
            #expect(verdict?["findings"]?.array?.map { $0["code"] } == ["E051"])
        }
    }

    /// As on a full disk: no file may grow beyond some size.
    @Test func `a full disk ends with 13 and the figures, and what fits is given back`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let lines = lab.server.truth().filter { $0.size > 0 }.sorted { $0.size < $1.size }
            let (least, most) = (try #require(lines.first), try #require(lines.last))
            try #require(least.size < most.size)
            let out = "\(lab.folder)/out"
            let child = try Child(
                "/usr/bin/prlimit",
                [
                    "--fsize=\(most.size - 1)", try Lab.binary, "--config", lab.config, "restore",
                    most.key, least.key, "--to", out,
                ],
                environment: lab.environmentUnderLimit
            )
            let ended = await Lab.end(of: child)
            let words = String(decoding: ended.errors, as: UTF8.self)
            #expect(ended.code == 13, "\(words)")
            #expect(words.contains("bytes free, \(most.size) wanted"), "\(words)")
            let files = try FileManager.default.contentsOfDirectory(atPath: out)
                .filter { $0 != "names.tsv" }
            #expect(files.map { Lab.sha256("\(out)/\($0)") } == [least.sha256])
        }
    }

    @Test func `bytes that the manifest gives to another attachment are not handed out`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let rows = try await lab.expect(["find", "--json"], exit: 0).jsonLines
                .filter { $0["state"] == "held" }
            let first = try #require(rows.first)
            let other = try #require(rows.first { $0["sha256"] != first["sha256"] })
            let (id, digest) = (
                try #require(first["id"]?.integer), try #require(other["sha256"]?.string)
            )
            let out = "\(lab.folder)/out"
            try lab.change("UPDATE version SET digest = x'\(digest)' WHERE attachment = \(id)")
            let refused = try await lab.expect(["restore", "\(id)", "--to", out], exit: 7)
            let said = try #require(first["sha256"]?.string)
            #expect(refused.errors.contains("which says sha256:\(said)"), "\(refused.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: out) == [])
            // The object is as good as it was.
            let key = try #require(other["key"]?.string)
            try await lab.expect(["restore", key, "--to", out], exit: 0)
            try await lab.expect(["rebuild"], exit: 0)
            let again = "\(lab.folder)/again"
            let given = try await lab.expect(["restore", "\(id)", "--to", again], exit: 0)
            #expect(given.errors == "")
            try await lab.expectClean()
        }
    }

    @Test
    func `what the log cannot be asked about is given on the manifest's word, and the end says so`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let row = try #require(
                try await lab.expect(["find", "--json"], exit: 0).jsonLines
                    .first { $0["state"] == "held" }
            )
            let (id, key) = (try #require(row["id"]?.integer), try #require(row["key"]))
            let digest = try #require(row["sha256"]?.string)
            let kept = try lab.cutSegments()
            let words = ["restore", "\(id)", "--to"]
            let given = try await lab.expect(words + ["\(lab.folder)/out", "--json"], exit: 15)
            let file = try #require(given.json?["restored"]?.array?.first)
            #expect(file["key"] == key && file["logged"] == false)
            #expect(given.errors.contains("1 file could not be compared with the audit log"))
            #expect(Lab.sha256(try #require(file["path"]?.string)) == digest)
            let streamed = try await lab.expect(words + ["-"], exit: 15)
            #expect(streamed.errors.contains("the manifest alone says"), "\(streamed.errors)")
            for (path, bytes) in kept {
                let handle = try FileHandle(forWritingTo: URL(filePath: path))
                try handle.write(contentsOf: bytes)
                try handle.close()
            }
            try await lab.expectClean()
        }
    }

    @Test func `what no record speaks of is not handed out`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            try lab.change("UPDATE version SET n = 7 WHERE attachment = 1")
            try lab.change("UPDATE attachment SET version = 7 WHERE n = 1")
            let out = "\(lab.folder)/out"
            let refused = try await lab.expect(["restore", "1", "--to", out], exit: 7)
            #expect(refused.errors.contains("no record of the audit log"), "\(refused.errors)")
            #expect(refused.errors.contains("larkive verify"), "\(refused.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: out) == [])
        }
    }

    @Test func `a folder without a name is refused`() async throws {
        try await Lab.with(Self.small) { lab in
            let ended = try await lab.expect(["restore", "1", "--to", ""], exit: 2)
            #expect(ended.errors.contains("--to needs the name of a folder"), "\(ended.errors)")
            let long = ["restore", "1", "--to", String(repeating: "x", count: 256)]
            try await lab.expect(["sync"], exit: 0)
            let refused = try await lab.expect(long, exit: 13)
            #expect(refused.errors.contains("the name is too long"), "\(refused.errors)")
            // The shell makes bytes that no text of Swift has.
            let script = "cd '\(lab.folder)' && exec \"$0\" \"$@\" --to \"$(printf 'x\\377')\""
            let words = ["-c", script, try Lab.binary, "--config", lab.config, "restore", "1"]
            let foreign = await Lab.end(of: try Child("/bin/sh", words))
            let said = String(decoding: foreign.errors, as: UTF8.self)
            #expect(foreign.code == 2 && said.contains("no UTF-8"), "\(said)")
        }
    }

    @Test func `nothing is given back into the archive itself`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            try FileManager.default.createSymbolicLink(
                atPath: "\(lab.folder)/link",
                withDestinationPath: lab.archive
            )
            for to in [lab.archive, lab.file("new/folder"), "\(lab.folder)/link/objects"] {
                let refused = try await lab.expect(["restore", "1", "--to", to], exit: 2)
                #expect(refused.errors.contains("is inside of the archive"))
            }
            try await lab.expect(["restore", "1", "--to", lab.config], exit: 13)
            try await lab.expectClean()
        }
    }

    @Test(arguments: [["restore", "999999"], ["restore", "nonsense"], ["restore", "mail:a/b/c"]])
    func `a key that nothing has is refused with a hint`(arguments: [String]) async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let ended = try await lab.expect(arguments + ["--to", "\(lab.folder)/out"], exit: 2)
            #expect(ended.errors.contains("larkive find"))
        }
    }
}

extension Lab {
    /// Leaves nothing of the sealed log that could be read; returns what was there.
    func cutSegments() throws -> [(path: String, bytes: Data)] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: file("audit"))
        return try names.filter { $0.hasSuffix(".gz") }.map { name in
            let path = file("audit/\(name)")
            let bytes = try Data(contentsOf: URL(filePath: path))
            // In place: mode and owner stay.
            let handle = try FileHandle(forWritingTo: URL(filePath: path))
            try handle.truncate(atOffset: 2)
            try handle.close()
            return (path, bytes)
        }
    }

    /// Changes the manifest behind larkive's back.
    func change(_ sql: String) throws {
        let words = ["sqlite3", file("manifest.sqlite"), "PRAGMA foreign_keys = OFF; \(sql)"]
        let ended = try Child("/usr/bin/env", words).wait()
        try #require(ended.code == 0, "\(String(decoding: ended.errors, as: UTF8.self))")
    }

    /// As `sha256sum` sees it.
    static func sha256(_ path: String) -> String? {
        guard let child = try? Child("/usr/bin/sha256sum", [path]) else { return nil }
        return String(decoding: child.wait().output, as: UTF8.self).split(separator: " ").first
            .map(String.init)
    }
}
