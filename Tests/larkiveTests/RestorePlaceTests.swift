import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import SystemPackage
import Testing

@testable import larkive

/// Places and names that files cannot be handed out to.
@Suite(.scratchDirectory, .serialized) struct RestorePlaceTests {
    private static let small = WorldRecipe(seed: 21, mailboxes: 1, messages: 6, tasks: 1)

    @Test(arguments: [
        ("/a/b", "/a"), ("/a//b/", "/a/"), ("/a", "/"), ("/", nil), ("a", nil), ("a/b", "a"),
    ])
    func `what a path is in is told by its text`(path: String, above: String?) {
        #expect(RealPath.above(path[...]).map(String.init) == above)
    }

    @Test func `a path leads where its links lead, as far as it is there, however deep`() throws {
        let folder = RealPath.of(ScratchDirectory.path).string
        let there = "\(folder)/报价/\u{301}e"
        try FileManager.default.createDirectory(atPath: there, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(there)/link",
            withDestinationPath: there
        )
        #expect(RealPath.of("\(there)/link/x/../y") == FilePath("\(there)/y"))
        #expect(RealPath.of("/") == "/")
        let deep = "/no-such-folder" + String(repeating: "/d", count: 3_000)
        #expect(RealPath.of(deep) == FilePath(deep))
        #expect(RealPath.of("\(there)/link\(deep)") == FilePath(there + deep))
    }

    @Test func `nothing is handed out into STATE`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let state = "\(lab.folder)/state"
            let before = try FileManager.default.subpathsOfDirectory(atPath: state).sorted()
            let archive = try #require(before.first { !$0.contains("/") })
            for to in ["\(state)/\(archive)", "\(state)/\(archive)/new/folder"] {
                for command in [
                    ["restore", "1"], ["export", "--format", "bagit"],
                    ["export", "--format", "csv"],
                ] {
                    let refused = try await lab.expect(command + ["--to", to], exit: 2)
                    #expect(refused.errors.contains("is inside of STATE"), "\(refused.errors)")
                    #expect(refused.errors.contains("hint: name a folder outside of"))
                }
            }
            #expect(try FileManager.default.subpathsOfDirectory(atPath: state).sorted() == before)
        }
    }

    @Test func `a way back out of a folder that is not there is refused, and nothing made`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let to = "\(lab.folder)/new/../../out"
            for command in [["restore", "1"], ["export", "--format", "bagit"]] {
                let refused = try await lab.expect(command + ["--to", to], exit: 2)
                #expect(
                    refused.errors.contains("leads out of \(lab.folder)/new, which is not there"),
                    "\(refused.errors)"
                )
            }
            #expect(!FileManager.default.fileExists(atPath: "\(lab.folder)/new"))
            try FileManager.default.createDirectory(
                atPath: "\(lab.folder)/there",
                withIntermediateDirectories: false
            )
            let back = "\(lab.folder)/there/../out"
            try await lab.expect(["restore", "1", "--to", back], exit: 0)
        }
    }

    @Test(arguments: [true, false])
    func `a list of names of another kind is an error of the list, the file is there`(
        isLink: Bool
    ) async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (out, list) = ("\(lab.folder)/out", "\(lab.folder)/out/names.tsv")
            try FileManager.default.createDirectory(
                atPath: isLink ? out : list,
                withIntermediateDirectories: true
            )
            if isLink {
                try FileManager.default.createSymbolicLink(
                    atPath: list,
                    withDestinationPath: "\(lab.folder)/elsewhere"
                )
            }
            let ended = try await lab.expect(["restore", "1", "--to", out], exit: 3)
            #expect(ended.errors.contains("move it away, and the same restore again"))
            #expect(!ended.errors.contains("archive is a link"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: out).count == 2)
            try FileManager.default.removeItem(atPath: list)
            try await lab.expect(["restore", "1", "--to", out], exit: 0)
            #expect(try String(contentsOfFile: list, encoding: .utf8).contains("\t"))
        }
    }

    @Test func `a link in place of a file is told in words for a restore`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let out = "\(lab.folder)/报价"
            let given = try await lab.expect(
                ["restore", "1", "--to", "\(out)/", "--json"],
                exit: 0
            )
            let path = try #require(given.json?["restored"]?.array?.first?["path"]?.string)
            #expect(path.hasPrefix("\(out)/") && !path.contains("//"))
            try FileManager.default.moveItem(atPath: path, toPath: "\(lab.folder)/mine")
            try FileManager.default.createSymbolicLink(
                atPath: path,
                withDestinationPath: "\(lab.folder)/mine"
            )
            let ended = try await lab.expect(["restore", "1", "--to", out], exit: 3)
            #expect(ended.errors.contains("is a symbolic link"), "\(ended.errors)")
            #expect(ended.errors.contains("restore to another folder, or move it away"))
        }
    }

    @Test(arguments: ["> /dev/full", ">&-"])
    func `output that is lost stops no restore`(redirected: String) async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let source = try #require(
                try await lab.run("find", "--json").jsonLines.first?["source"]?.string
            )
            let out = "\(lab.folder)/out"
            let program = "'\(try Lab.binary)' --config '\(lab.config)' restore"
            let line = "\(program) --source '\(source)' --to '\(out)' \(redirected)"
            let ended = await Lab.end(of: try Child("/bin/sh", ["-c", line]))
            let said = String(decoding: ended.errors, as: UTF8.self)
            #expect(ended.code == 13, "\(said)")
            #expect(said.contains("standard output did not take"), "\(said)")
            let list = try String(contentsOfFile: "\(out)/names.tsv", encoding: .utf8)
            let names = Set(
                list.split(separator: "\n").compactMap { $0.split(separator: "\t").last }
            )
            let files = try FileManager.default.contentsOfDirectory(atPath: out)
                .filter { $0 != "names.tsv" }
            #expect(names == Set(files.map { Substring($0) }))
            #expect(files.count > 1)
            #expect(said.contains("\(files.count) files written"), "\(said)")
        }
    }

    @Test func `a catalogue goes to standard output by name, a bag does not`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let plain = try await lab.expect(["export", "--format", "csv"], exit: 0)
            let named = try await lab.expect(["export", "--format", "csv", "--to", "-"], exit: 0)
            #expect(named.output == plain.output && !named.output.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: "-"))
            let log = try await lab.run("audit", "log", "--type", "restore.done", "--private")
            #expect(log.jsonLines.map { $0["private"]?["to"] } == ["-", "-"])
            let device = ["export", "--format", "csv", "--to", "/dev/stdout"]
            let refused = try await lab.expect(device, exit: 2)
            #expect(refused.errors.contains("is there already"), "\(refused.errors)")
        }
    }

    @Test func `a link that leads nowhere is told for what it is`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let link = "\(lab.folder)/link"
            try FileManager.default.createSymbolicLink(
                atPath: link,
                withDestinationPath: "\(lab.folder)/none"
            )
            for command in [["restore", "1"], ["export", "--format", "bagit"]] {
                let ended = try await lab.expect(command + ["--to", link], exit: 13)
                #expect(ended.errors.contains("a symbolic link that leads nowhere"))
                #expect(ended.errors.contains("hint: name another folder with --to"))
            }
        }
    }

    @Test func `a place where nothing can be made is told with the reason`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            try lab.write("file", "mine", mode: 0o600)
            let file = "\(lab.folder)/file"
            for (words, said) in [
                (["export", "--format", "bagit", "--to", file], "what has the name is no folder"),
                (["export", "--format", "bagit", "--to", "\(file)/x/y"], "\(file) is no folder"),
                (["export", "--format", "csv", "--to", "\(file)/x"], "in a folder that is there"),
                (["export", "--format", "csv", "--to", "\(file)2/x"], "in a folder that is there"),
                (["restore", "1", "--to", "\(file)/x"], "\(file) is no folder"),
            ] {
                let ended = try await lab.expect(words, exit: 13)
                #expect(ended.errors.contains(said), "\(ended.errors)")
            }
        }
    }
}
