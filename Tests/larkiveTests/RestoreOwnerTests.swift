import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// `--owner`; only root can play the archive's owner and somebody else.
@Suite(.scratchDirectory, .serialized, .enabled(if: geteuid() == 0)) struct RestoreOwnerTests {
    private static let small = WorldRecipe(seed: 29, mailboxes: 1, messages: 8, tasks: 2)

    private func system(_ arguments: String...) async throws {
        let child = try Child(
            "/usr/bin/env",
            arguments,
            environment: ["PATH=/usr/sbin:/usr/bin:/bin"]
        )
        #expect(await Lab.end(of: child).code == 0, "\(arguments)")
    }

    /// The archive of `nobody`, in a world where others may pass through the folders above.
    private func handOver(_ lab: Lab) async throws {
        try await lab.expect(["sync"], exit: 0)
        for path in [lab.archive, "\(lab.folder)/state", lab.config, "\(lab.folder)/app_secret"] {
            try await system("chown", "-R", "nobody", path)
        }
        try await system("chown", "nobody", lab.folder)
        var above = URL(filePath: lab.folder)
        while above.path != "/" {
            try await system("chmod", "a+x", above.path)
            above.deleteLastPathComponent()
        }
    }

    @Test func `root gives files to another user with no more rights than that user has`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await handOver(lab)
            let home = "\(lab.folder)/home"
            try FileManager.default.createDirectory(
                atPath: home,
                withIntermediateDirectories: true
            )
            try await system("chown", "daemon", home)
            try await system("chmod", "700", home)
            let arguments = ["restore", "1", "2", "--to", "\(home)/found", "--owner", "daemon"]
            try await lab.expect(arguments, exit: 0)
            let again = try await lab.expect(arguments, exit: 0)
            #expect(again.errors.contains("were there already"))
            let daemon = try #require(getpwnam("daemon")).pointee.pw_uid
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(home)/found")
            for name in names.map({ "/\($0)" }) + [""] {
                let facts = try FileManager.default.attributesOfItem(atPath: "\(home)/found\(name)")
                #expect(facts[.ownerAccountID] as? UInt32 == daemon, "\(name)")
            }
            // What the archive's owner alone may write is still theirs.
            let inbox = try FileManager.default.contentsOfDirectory(atPath: lab.file("audit/inbox"))
            #expect(inbox == [])
            let closed = "\(lab.folder)/closed"
            try FileManager.default.createDirectory(
                atPath: closed,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            let refused = try await lab.expect(
                ["restore", "1", "--to", closed, "--owner", "daemon"],
                exit: 13
            )
            #expect(refused.errors.contains("cannot be written"), "\(refused.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: closed) == [])
            // From here on everything is root's again, who may read what it says.
            try await system("chown", "-R", "root", lab.folder)
            let log = try await lab.run("audit", "log", "--type", "restore.done", "--private")
            #expect(log.jsonLines.map { $0["private"]?["owner"] } == ["daemon", "daemon"])
        }
    }

    @Test func `whoever is not root serves nobody else`() async throws {
        try await Lab.with(Self.small) { lab in
            try await handOver(lab)
            for (owner, words) in [("daemon", "only root can"), ("no-such-user", "has no user")] {
                let child = try Child(
                    "/usr/bin/setpriv",
                    [
                        "--reuid", "nobody", "--clear-groups", try Lab.binary, "--config",
                        lab.config, "restore", "1", "--to", "\(lab.folder)/out", "--owner", owner,
                    ]
                )
                let ended = await Lab.end(of: child)
                #expect(ended.code == 2)
                let told = String(decoding: ended.errors, as: UTF8.self)
                #expect(told.contains(words), "\(told)")
            }
        }
    }

    @Test func `root without an owner is refused as before`() async throws {
        try await Lab.with(Self.small) { lab in
            try await handOver(lab)
            try await system("chown", "root", lab.config, lab.folder)
            let ended = try await lab.expect(
                ["restore", "1", "--to", "\(lab.folder)/out"],
                exit: 2
            )
            #expect(ended.errors.contains("sudo -u"), "\(ended.errors)")
        }
    }
}
