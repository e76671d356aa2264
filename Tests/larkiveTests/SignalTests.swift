import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct SignalTests {
    private static let small = WorldRecipe(seed: 11, mailboxes: 2, messages: 12, tasks: 4)

    private static let endings: [(Int32, Int32)] = [(SIGTERM, 143), (SIGINT, 130), (SIGHUP, 129)]

    @Test(arguments: endings)
    func `the first signal ends a run cleanly, with what was accepted sealed`(
        signal: Int32,
        code: Int32
    ) async throws {
        try await Lab.with(Self.small) { lab in
            lab.server.setFaults([
                SandboxFault(
                    .link,
                    when: FaultMatcher(skip: 3),
                    .stall(after: 0, lasts: .seconds(60))
                )
            ])
            let child = try lab.start(["sync", "--json"])
            await lab.server.wait { $0.calls(.link) > 4 || child.hasEnded }
            child.send(signal)
            let ended = await Lab.end(of: child)
            #expect(ended.code == code)
            let summary = try JSONReader.read(ended.output)
            #expect(summary["outcome"]?.string == "interrupted")
            #expect(summary["totals"]?["archived"]?.integer ?? 0 > 0)
            let journal = try Data(contentsOf: URL(filePath: lab.file("audit/open.jsonl")))
            #expect(journal.isEmpty)
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    /// As under `nohup`, and in the background of a shell.
    @Test(arguments: [("HUP", SIGHUP), ("INT", SIGINT)])
    func `a signal that is ignored at the start stays ignored`(
        name: String,
        signal: Int32
    ) async throws {
        try await Lab.with(Self.small) { lab in
            lab.server.setFaults([SandboxFault(.link, .stall(after: 0, lasts: .seconds(60)))])
            let words =
                "trap '' \(name); exec \(try Lab.binary) --config \(lab.config) sync --json"
            let child = try Child("/bin/bash", ["-c", words])
            await lab.server.wait { $0.calls(.link) > 0 || child.hasEnded }
            child.send(signal)
            child.send(signal)
            child.send(SIGTERM)
            let ended = await Lab.end(of: child)
            #expect(ended.code == 143, "\(String(decoding: ended.errors, as: UTF8.self))")
            #expect(try JSONReader.read(ended.output)["outcome"]?.string == "interrupted")
        }
    }

    /// As under `ulimit -f`: no file may grow beyond some size, and nobody is killed for it.
    @Test func `a limit of file sizes ends a run with 13 and kills nobody`() async throws {
        try await Lab.with(Self.small) { lab in
            let child = try Child(
                "/usr/bin/prlimit",
                ["--fsize=70000", try Lab.binary, "--config", lab.config, "sync", "--json"],
                environment: lab.environmentUnderLimit
            )
            let ended = await Lab.end(of: child)
            #expect(ended.code == 13, "\(String(decoding: ended.errors, as: UTF8.self))")
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    @Test(arguments: ["8:8", "12:12", "20:255"])
    func `too few open files are told before anything is done`(limit: String) async throws {
        try await Lab.with(Self.small) { lab in
            for command in ["sync", "verify", "find"] {
                let ended = try await Self.end(of: [command], files: limit, lab)
                #expect(ended.code == 13)
                let words = String(decoding: ended.errors, as: UTF8.self)
                #expect(words.contains("files may be open at once; 256 are needed"), "\(words)")
                #expect(words.contains("ulimit -n"), "\(words)")
            }
        }
    }

    @Test(.disabled(if: Lab.isSanitized), arguments: ["--as=240000000", "--data=64000000"])
    func `too little memory is told before anything is done`(limit: String) async throws {
        try await Lab.with(Self.small) { lab in
            for command in ["sync", "verify", "find"] {
                let words = [limit, try Lab.binary, "--config", lab.config, command]
                let ended = await Lab.end(of: try Child("/usr/bin/prlimit", words))
                #expect(ended.code == 13)
                let errors = String(decoding: ended.errors, as: UTF8.self)
                #expect(errors.contains("MiB of memory may be had; "), "\(errors)")
                #expect(errors.contains("ulimit -v"), "\(errors)")
            }
        }
    }

    @Test(arguments: ["8:4096", "256:256"])
    func `a low soft limit of open files is raised, and 256 are enough`(
        limit: String
    ) async throws {
        try await Lab.with(Self.small) { lab in
            let ended = try await Self.end(of: ["sync"], files: limit, lab)
            #expect(ended.code == 0, "\(String(decoding: ended.errors, as: UTF8.self))")
            try await lab.expectTruth()
        }
    }

    private static func end(
        of command: [String],
        files limit: String,
        _ lab: Lab
    ) async throws -> Child.Ended {
        await Lab.end(
            of: try Child(
                "/usr/bin/prlimit",
                ["--nofile=\(limit)", try Lab.binary, "--config", lab.config] + command
            )
        )
    }

    @Test func `a reader that has seen enough ends nothing with a signal`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let words =
                "\(try Lab.binary) --config \(lab.config) find | head -1; echo ${PIPESTATUS[0]}"
            let ended = await Lab.end(of: try Child("/bin/bash", ["-c", words]))
            let lines = String(decoding: ended.output, as: UTF8.self).split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.last == "0")
        }
    }

    @Test func `closed standard streams become no file of the archive`() async throws {
        try await Lab.with(Self.small) { lab in
            let words = "exec \(try Lab.binary) --config \(lab.config) sync <&- >&- 2>&-"
            let ended = await Lab.end(of: try Child("/bin/bash", ["-c", words]))
            #expect(ended.code == 0)
            try await lab.expectTruth()
            try await lab.expectClean()
            let lost = "exec \(try Lab.binary) --config \(lab.config) find >&-"
            let silent = await Lab.end(of: try Child("/bin/bash", ["-c", lost]))
            #expect(silent.code == 13, "output that is lost is an error")
            for command in ["repair", "sync --json", "rebuild", "audit key rotate"] {
                let words = "exec \(try Lab.binary) --config \(lab.config) \(command) >&-"
                let ended = await Lab.end(of: try Child("/bin/bash", ["-c", words]))
                #expect(ended.code == 13)
                let left = try FileManager.default.contentsOfDirectory(atPath: lab.file("staging"))
                #expect(left == [], "\(command)")
            }
        }
    }

    @Test func `a stopped run keeps the lock, a killed one leaves none`() async throws {
        try await Lab.with(Self.small) { lab in
            lab.server.setFaults([SandboxFault(.link, .stall(after: 0, lasts: .seconds(60)))])
            let first = try lab.start(["sync"])
            await lab.server.wait { $0.calls(.link) > 0 || first.hasEnded }
            first.send(SIGSTOP)
            for command in [["sync"], ["rebuild"]] {
                let refused = try await lab.expect(command, exit: 11)
                for words in ["host ", "pid \(first.id)", "since "] {
                    #expect(refused.errors.contains(words), "\(refused.errors)")
                }
            }
            first.send(SIGKILL)
            await Lab.end(of: first)
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            let log = try await lab.expect(["audit", "log"], exit: 0)
            #expect(log.output.contains(#""type":"run.refused""#))
            try await lab.expectClean()
        }
    }

    /// The platform is not asked by a run that is refused.
    @Test func `the lock comes before the first call`() async throws {
        try await Lab.with(Self.small) { lab in
            try lab.configure(more: "")
            let text = try String(contentsOfFile: lab.config, encoding: .utf8)
            let more = text.replacing("mail:\n", with: "mail:\n  discover: [public]\n")
            try lab.write("larkive.yaml", more, mode: 0o600)
            let lock = open(lab.file("lock"), O_RDWR | O_CLOEXEC)
            defer { close(lock) }
            try #require(flock(lock, LOCK_EX | LOCK_NB) == 0)
            lab.server.resetCounters()
            try await lab.expect(["sync"], exit: 11)
            #expect(lab.server.counters().calls(.tenantToken) == 0)
        }
    }
}
