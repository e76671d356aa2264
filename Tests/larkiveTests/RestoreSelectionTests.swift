import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct RestoreSelectionTests {
    private static let small = WorldRecipe(seed: 23, mailboxes: 2, messages: 14, tasks: 3)

    private static func files(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder)
            .filter { path in
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(
                    atPath: "\(folder)/\(path)",
                    isDirectory: &isFolder
                )
                return !isFolder.boolValue && path != "names.tsv"
            }.sorted()
    }

    @Test(arguments: ["flat", "by-source", "by-message"])
    func `what find lists is given back, and the second time skipped and counted`(
        layout: String
    )
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let source = try #require(
                try await lab.run("find", "--json").jsonLines.compactMap { $0["mailbox"]?.string }
                    .first
            )
            let wanted = Set(
                try await lab.run("find", "--json", "--mailbox", source).jsonLines
                    .compactMap { $0["sha256"]?.string }
            )
            let out = "\(lab.folder)/out"
            let arguments = ["restore", "--mailbox", source, "--layout", layout, "--to", out]
            try await lab.expect(arguments, exit: 0)
            let files = try Self.files(out)
            #expect(Set(files.compactMap { Lab.sha256("\(out)/\($0)") }) == wanted)
            let depth = ["flat": 0, "by-source": 1, "by-message": 2][layout]
            #expect(Set(files.map { $0.split(separator: "/").count - 1 }) == [depth])
            let list = try String(contentsOfFile: "\(out)/names.tsv", encoding: .utf8)
            let listed = Set(
                list.split(separator: "\n").compactMap { $0.split(separator: "\t").last }
            )
            #expect(listed == Set(files.map { Substring($0) }))

            try FileManager.default.removeItem(atPath: "\(out)/\(files[0])")
            let again = try await lab.expect(arguments, exit: 0)
            let count = files.count - 1
            #expect(again.errors.contains("1 file written, \(count) were there already"))
            #expect(try Self.files(out) == files)
        }
    }

    @Test func `files have the time of the mail, or of the upload`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let rows = try await lab.run("find", "--json").jsonLines
            let mail = try #require(rows.first { $0["kind"] == "mail" }?["id"]?.integer)
            let task = try #require(rows.first { $0["kind"] == "task" }?["id"]?.integer)
            for (id, field) in [(mail, "date"), (task, "uploaded")] {
                let story = try await lab.expect(["show", "\(id)", "--json"], exit: 0).json
                let time = try #require(story?[field]?.string.flatMap { Timestamp($0) })
                let given = try await lab.expect(
                    ["restore", "\(id)", "--to", "\(lab.folder)/\(id)", "--json"],
                    exit: 0
                )
                let path = try #require(given.json?["restored"]?.array?.first?["path"]?.string)
                let facts = try FileManager.default.attributesOfItem(atPath: path)
                let date = try #require(facts[.modificationDate] as? Date)
                #expect(Int64((date.timeIntervalSince1970 * 1_000).rounded()) == time.milliseconds)
            }
        }
    }

    @Test(arguments: [
        ([], "say what to restore"), (["1", "--name", "x"], "not both"),
        (["--versions"], "say what to restore"), (["1", "--versions"], "goes with filters"),
        (["1", "--layout", "round"], "--layout"),
    ])
    func `what is not clear is refused`(arguments: [String], words: String) async throws {
        try await Lab.with(Self.small) { lab in
            let ended = try await lab.expect(
                ["restore", "--to", "\(lab.folder)/out"] + arguments,
                exit: 2
            )
            #expect(ended.errors.contains(words), "\(ended.errors)")
            #expect(!FileManager.default.fileExists(atPath: "\(lab.folder)/out"))
        }
    }

    @Test func `filters that match nothing are no error, and make nothing`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let ended = try await lab.expect(
                ["restore", "--name", "no such name", "--to", "\(lab.folder)/out"],
                exit: 0
            )
            #expect(ended.errors.contains("nothing matches"))
            #expect(!FileManager.default.fileExists(atPath: "\(lab.folder)/out"))
        }
    }

    @Test func `without a reason nothing is given back where one is demanded`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            try lab.configure(more: "restore:\n  require_reason: true")
            let out = "\(lab.folder)/out"
            for reason in [[], ["--reason", " "], ["--reason", "\u{200B}"]] {
                let ended = try await lab.expect(["restore", "1", "--to", out] + reason, exit: 2)
                #expect(ended.errors.contains("--reason TEXT"), "\(ended.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: out))
            try await lab.expect(["restore", "1", "--to", out, "--reason", "ticket 77"], exit: 0)
            let log = try await lab.run("audit", "log", "--type", "restore.done", "--private")
            #expect(log.jsonLines.map { $0["private"]?["reason"] } == ["ticket 77"])
        }
    }

    @Test func `links in the folder lead nowhere, and nothing is written through them`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let row = try #require(try await lab.run("find", "--json").jsonLines.first)
            let (id, name, source) = (
                try #require(row["id"]?.integer), try #require(row["name"]?.string),
                try #require(row["source"]?.string)
            )
            let (out, elsewhere) = ("\(lab.folder)/out", "\(lab.folder)/elsewhere")
            let manager = FileManager.default
            for folder in [out, elsewhere] {
                try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            try manager.createSymbolicLink(
                atPath: "\(out)/\(SafeName.make(name))",
                withDestinationPath: "\(elsewhere)/file"
            )
            try manager.createSymbolicLink(
                atPath: "\(out)/\(SafeName.folder(source))",
                withDestinationPath: elsewhere
            )
            for layout in ["flat", "by-source"] {
                let ended = try await lab.expect(
                    ["restore", "\(id)", "--to", out, "--layout", layout],
                    exit: 3
                )
                #expect(ended.errors.contains("is a symbolic link"), "\(ended.errors)")
            }
            #expect(try manager.contentsOfDirectory(atPath: elsewhere) == [])
        }
    }

    @Test func `what is not in the archive is named, the others are given back`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            try lab.change("UPDATE version SET digest = NULL, how = NULL WHERE attachment = 1")
            try lab.change("UPDATE attachment SET state = 'failed' WHERE n = 1")
            let out = "\(lab.folder)/out"
            let ended = try await lab.expect(["restore", "1", "2", "--to", out], exit: 3)
            #expect(ended.errors.contains("is not in the archive: failed; see why"))
            #expect(ended.errors.contains("1 file written, 1 failed"))
            #expect(try Self.files(out).count == 1)
            try lab.change("UPDATE attachment SET state = 'wanted' WHERE n = 1")
            let wanted = try await lab.expect(["restore", "1", "--to", out], exit: 3)
            #expect(wanted.errors.contains("not downloaded yet; the next run fetches it"))
        }
    }
}
