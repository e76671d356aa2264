import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// `restore --to -`, and that nothing leaves before it is recorded.
@Suite(.scratchDirectory, .serialized) struct RestoreStreamTests {
    private static let small = WorldRecipe(seed: 25, mailboxes: 1, messages: 12, tasks: 2)

    private func bytes(_ lab: Lab, _ arguments: [String]) async throws -> Child.Ended {
        await Lab.end(of: try lab.start(arguments))
    }

    @Test func `one file goes to standard output byte for byte, and is recorded`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let line = try #require(lab.server.truth().max { $0.size < $1.size })
            let ended = try await bytes(lab, ["restore", line.key, "--to", "-", "--reason", "why"])
            #expect(ended.code == 0)
            #expect(ended.output.count == line.size)
            let path = "\(lab.folder)/streamed"
            try Data(ended.output).write(to: URL(filePath: path))
            #expect(Lab.sha256(path) == line.sha256)
            #expect(String(decoding: ended.errors, as: UTF8.self).contains(line.sha256))
            let log = try await lab.run("audit", "log", "--type", "restore.done", "--private")
            #expect(log.jsonLines.map { $0["private"]?["to"] } == ["-"])
        }
    }

    @Test func `a damaged object does not begin to leave`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let line = try #require(lab.server.truth().max { $0.size < $1.size })
            let object = lab.file("objects/\(line.sha256.prefix(2))/\(line.sha256)")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: object)
            let handle = try FileHandle(forWritingTo: URL(filePath: object))
            try handle.seek(toOffset: UInt64(line.size) - 1)
            try handle.write(contentsOf: Data([0]))
            try handle.close()
            let ended = try await bytes(lab, ["restore", line.key, "--to", "-"])
            #expect(ended.code == 7)
            #expect(ended.output.isEmpty)
            let words = String(decoding: ended.errors, as: UTF8.self)
            #expect(words.contains("larkive repair sha256:\(line.sha256.prefix(12))"), "\(words)")
        }
    }

    @Test(arguments: [["--json"], ["--layout", "by-source"], ["--owner", "root"]])
    func `what needs a folder does not go to standard output`(more: [String]) async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["restore", "1", "--to", "-"] + more, exit: 2)
        }
    }

    @Test func `several files do not go to standard output`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let ended = try await lab.expect(["restore", "1", "2", "3", "4", "--to", "-"], exit: 2)
            #expect(ended.errors.contains("--to - takes one file"), "\(ended.errors)")
            #expect(ended.output.isEmpty)
        }
    }

    @Test func `nothing is written to a terminal`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let play = """
                import os, pty, sys
                sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))
                """
            let arguments = ["--config", lab.config, "restore", "1", "--to", "-"]
            let child = try Child(
                "/usr/bin/env",
                ["python3", "-c", play, try Lab.binary] + arguments
            )
            let ended = await Lab.end(of: child)
            #expect(ended.code == 2)
            let words = String(decoding: ended.output, as: UTF8.self)
            #expect(words.contains("not written to a terminal"), "\(words)")
        }
    }

    /// As on a full disk: the event in the inbox does not fit.
    @Test(arguments: [
        ["restore", "1", "--to", "-"], ["restore", "1", "--to", "OUT"], ["show", "1"],
        ["restore", "--source", "SOURCE", "--to", "OUT"], ["show", "1", "--json"],
    ])
    func `where it cannot be recorded nothing is handed out`(arguments: [String]) async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let row = try #require(try await lab.run("find", "--json").jsonLines.first)
            let out = "\(lab.folder)/out"
            let words = arguments.map {
                $0 == "OUT" ? out : $0 == "SOURCE" ? row["source"]?.string ?? "" : $0
            }
            let child = try Child(
                "/usr/bin/prlimit",
                ["--fsize=64", try Lab.binary, "--config", lab.config] + words,
                environment: lab.environmentUnderLimit
            )
            let ended = await Lab.end(of: child)
            #expect(ended.code == 13, "\(String(decoding: ended.errors, as: UTF8.self))")
            #expect(ended.output.isEmpty)
            let files = (try? FileManager.default.contentsOfDirectory(atPath: out)) ?? []
            #expect(files == [])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: lab.file("audit/inbox")) == []
            )
            try await lab.expectClean()
        }
    }
}
