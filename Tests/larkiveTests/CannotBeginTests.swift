import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct CannotBeginTests {
    private static let small = WorldRecipe(seed: 11, mailboxes: 2, messages: 12, tasks: 4)

    @Test func `a wrong secret gets the platform's words and what to check`() async throws {
        try await Lab.with(Self.small) { lab in
            try lab.configure(secret: "not-the-secret")
            let ended = try await lab.expect(["sync", "--json"], exit: 6)
            #expect(ended.json?["conditions"] == ["credentials"])
            #expect(ended.errors.contains("10014") || ended.errors.contains("10015"))
            #expect(ended.errors.contains("app_secret"))
            #expect(!ended.errors.contains("not-the-secret"))
        }
    }

    @Test(arguments: [
        ("mial:\n  x: 1", "unknown key `mial`", "`mail`"),
        ("download:\n  paralel: 3", "unknown key `download.paralel`", "`download.parallel`"),
        ("download:\n  parallel: many", "a number from 1 to 64", ""),
        ("state: relative", "it must be absolute", ""), ("download: [", "line", ""),
    ])
    func `a config that makes no sense is refused with its line`(
        more: String,
        words: String,
        hint: String
    ) async throws {
        try await Lab.with(Self.small) { lab in
            try lab.configure(more: more)
            let text = try String(contentsOfFile: lab.config, encoding: .utf8)
            if more.hasPrefix("state") {
                try lab.write(
                    "larkive.yaml",
                    text.replacing("state: \(lab.folder)/state\n", with: ""),
                    mode: 0o600
                )
            }
            let ended = try await lab.expect(["sync"], exit: 2)
            #expect(ended.errors.contains(words), "\(ended.errors)")
            #expect(hint.isEmpty || ended.errors.contains(hint), "\(ended.errors)")
            #expect(ended.errors.contains("line "), "\(ended.errors)")
        }
    }

    @Test func `files that others may read or write are refused with the chmod`() async throws {
        try await Lab.with(Self.small) { lab in
            try lab.write("app_secret", "sandbox-secret-not-real", mode: 0o640)
            let secret = try await lab.expect(["sync"], exit: 2)
            #expect(secret.errors.contains("chmod 600"))
            try lab.configure()
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o666],
                ofItemAtPath: lab.config
            )
            let config = try await lab.expect(["sync"], exit: 2)
            #expect(config.errors.contains("can be written by others"))
        }
    }

    @Test func `a host that is not there ends with 4`() async throws {
        try await Lab.with(Self.small) { lab in
            try lab.configure(baseURL: "http://127.0.0.1:9")
            let ended = try await lab.expect(["sync", "--json"], exit: 4)
            #expect(ended.json?["conditions"] == ["unreachable"])
        }
    }

    @Test func `a platform that only fails ends with 5`() async throws {
        try await Lab.with(Self.small) { lab in
            lab.server.setFaults([
                SandboxFault(
                    .tenantToken,
                    .raw(status: 502, type: "text/html", body: "<h1>Bad Gateway</h1>")
                )
            ])
            let ended = try await lab.expect(["sync", "--json"], exit: 5)
            #expect(ended.json?["conditions"] == ["temporary"])
        }
    }

    @Test func `a list that breaks off after its first page is a walk that is not complete`()
        async throws
    {
        try await Lab.with(WorldRecipe(seed: 4, mailboxes: 1, messages: 60, tasks: 0)) { lab in
            lab.server.setFaults([
                SandboxFault(
                    .messages,
                    when: FaultMatcher(skip: 1),
                    .refuse(status: 500, code: 1_230_003, message: "internal")
                )
            ])
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"] == ["walk_incomplete"], "\(ended.errors)")
            // Every folder that broke off is named, not the first alone.
            for folder in ["INBOX", "SENT", "TRASH", "DRAFT"] {
                #expect(ended.json?["unseen"]?.array?.first?.string?.contains(folder) == true)
            }
        }
    }

    @Test func `without an archive the command to make one is named`() async throws {
        try await Lab.with(Self.small) { lab in
            try FileManager.default.moveItem(atPath: lab.archive, toPath: "\(lab.folder)/away")
            let ended = try await lab.expect(["sync"], exit: 10)
            #expect(ended.errors.contains("larkive init"))
            try FileManager.default.moveItem(atPath: "\(lab.folder)/away", toPath: lab.archive)
        }
    }

    @Test func `a lost key, an older copy and another platform are refused`() async throws {
        try await Lab.with(Self.small) { lab in
            let copy = "\(lab.folder)/older"
            try FileManager.default.copyItem(atPath: lab.archive, toPath: copy)
            try await lab.expect(["sync"], exit: 0)
            let key = "\(lab.folder)/state/key"
            try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
            try await lab.expect(["sync"], exit: 12)
            try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
            try lab.configure(baseURL: "https://open.larksuite.com", pacing: "on")
            let other = try await lab.expect(["sync"], exit: 2)
            #expect(other.errors.contains("belongs to loopback"))
            try lab.configure()
            let kept = "\(lab.folder)/kept"
            try FileManager.default.moveItem(atPath: lab.archive, toPath: kept)
            try FileManager.default.moveItem(atPath: copy, toPath: lab.archive)
            try await lab.expect(["sync"], exit: 15)
            try await lab.expect(["audit", "verify"], exit: 15)
            try FileManager.default.removeItem(atPath: lab.archive)
            try FileManager.default.moveItem(atPath: kept, toPath: lab.archive)
            try await lab.expect(["sync"], exit: 0)
        }
    }

    @Test func `a second run is refused, names the first, and is recorded by it`() async throws {
        try await Lab.with(Self.small) { lab in
            lab.server.setFaults([SandboxFault(.link, .stall(after: 0, lasts: .seconds(60)))])
            let first = try lab.start(["sync"])
            await lab.server.wait { $0.calls(.link) > 0 }
            let second = try await lab.expect(["sync"], exit: 11)
            #expect(second.errors.contains("pid \(first.id)"))
            for looking in [["verify", "--read-data"], ["status"], ["find"], ["problems"]] {
                try await lab.expect(looking, exit: 0)
            }
            first.send(SIGTERM)
            await Lab.end(of: first)
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            let log = try await lab.expect(["audit", "log"], exit: 0)
            #expect(log.output.contains(#""type":"run.refused""#))
            try await lab.expectClean()
        }
    }

    @Test func `a full disk ends with 13, and the next run goes on`() async throws {
        guard getuid() == 0 else { return }
        try await Lab.with(Self.small) { lab in
            try FileManager.default.removeItem(atPath: lab.archive)
            try FileManager.default.removeItem(atPath: "\(lab.folder)/state")
            try FileManager.default.createDirectory(
                atPath: lab.archive,
                withIntermediateDirectories: true
            )
            try await Self.system(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=5500k,mode=0700",
                "tmpfs",
                lab.archive
            )
            do {
                try await lab.expect(["init"], exit: 0)
                let ended = try await lab.expect(["sync", "--json"], exit: 13)
                #expect(ended.json?["conditions"]?.array?.contains("no_space") == true)
                #expect(ended.errors.contains("bytes free"))
                let status = try await lab.expect(["status", "--json"], exit: 0).json
                #expect(status?["last_run"]?["exit_code"]?.integer == 13)
                #expect(ended.json?["totals"]?["pending"]?.integer ?? 0 > 0)
                try await Self.system("mount", "-o", "remount,size=200m,mode=0700", lab.archive)
                try await lab.expect(["sync"], exit: 0)
                try await lab.expectTruth()
                try await lab.expectClean()
                try lab.keepAudit()
            } catch {
                try await Self.system("umount", lab.archive)
                throw error
            }
            try await Self.system("umount", lab.archive)
        }
    }

    @Test func `an archive that can only be read gives back without a record, when told to`()
        async throws
    {
        guard getuid() == 0 else { return }
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let line = try #require(lab.server.truth().max { $0.size < $1.size })
            let give = ["restore", line.key, "--to", "\(lab.folder)/out"]
            try await Self.system("mount", "--bind", lab.archive, lab.archive)
            do {
                try await Self.system("mount", "-o", "remount,bind,ro", lab.archive)
                let refused = try await lab.expect(give, exit: 13)
                #expect(refused.errors.contains("--unrecorded"), "\(refused.errors)")
                let given = try await lab.expect(give + ["--unrecorded", "--json"], exit: 0)
                #expect(given.errors.contains("is not recorded"), "\(given.errors)")
                let path = try #require(given.json?["restored"]?.array?.first?["path"]?.string)
                #expect(Lab.sha256(path) == line.sha256)
            } catch {
                try await Self.system("umount", lab.archive)
                throw error
            }
            try await Self.system("umount", lab.archive)
            // Where it can be recorded it is, whatever was said.
            try await lab.expect(give + ["--unrecorded"], exit: 0)
            let log = try await lab.run("audit", "log", "--type", "restore.done")
            #expect(log.jsonLines.count == 1)
        }
    }

    private static func system(_ arguments: String...) async throws {
        let child = try Child(
            "/usr/bin/env",
            arguments,
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        )
        #expect(await Lab.end(of: child).code == 0, "\(arguments)")
    }
}
