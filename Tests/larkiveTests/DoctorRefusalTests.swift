import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// What a run would be refused with is told by `doctor`, which changes nothing.
@Suite(.scratchDirectory, .serialized) struct DoctorRefusalTests {
    private static let small = WorldRecipe(seed: 11, mailboxes: 2, messages: 12, tasks: 4)

    @Test func `settings that are wrong end with 2 and the command that mends them`() async throws {
        try await Lab.with(Self.small) { lab in
            try lab.write("app_secret", "sandbox-secret-not-real", mode: 0o640)
            let secret = try await lab.expect(["doctor", "--json"], exit: 2)
            #expect(
                DoctorTests.checks(try #require(secret.json), "fail").map(\.hint) == [
                    "chmod 600 \(lab.folder)/app_secret"
                ]
            )
            try lab.configure()
            try FileManager.default.moveItem(atPath: lab.archive, toPath: "\(lab.folder)/away")
            let gone = try await lab.expect(["doctor", "--json"], exit: 10)
            #expect(
                DoctorTests.checks(try #require(gone.json), "fail").first?.hint.contains(
                    "larkive init"
                )
                    == true
            )
            #expect(gone.json?["sources"]?.array?.count == 4)
            try FileManager.default.moveItem(atPath: "\(lab.folder)/away", toPath: lab.archive)
            let (seen, other) = ("\(lab.folder)/state/seen", "\(lab.folder)/other")
            try await lab.expect(["sync"], exit: 0)
            try FileManager.default.linkItem(atPath: seen, toPath: other)
            let linked = try await lab.expect(["doctor", "--json"], exit: 12)
            let words = DoctorTests.checks(try #require(linked.json), "fail").map(\.detail)
            #expect(words.first?.contains("\(seen) has 2 names") == true, "\(words)")
            try FileManager.default.removeItem(atPath: other)
            try FileManager.default.removeItem(atPath: "\(lab.folder)/state/key")
            try await lab.expect(["doctor", "--json"], exit: 12)
        }
    }

    private static let refusals: [(change: String, code: Int32, words: String)] = [
        ("head -c 32 /dev/urandom | base64 > state/key", 12, "is not this archive's"),
        ("rm state/seen", 12, "nothing says how much was signed before"),
        ("echo x > state/seen", 15, "is not signed by this archive's key"),
        ("echo x > archive/audit/tlog/checkpoint", 15, "is not signed by this archive's key"),
        ("rm archive/audit/2???/??/*.gz", 15, "a part is missing"),
        ("rm archive/manifest.sqlite", 7, "there is no such file"),
        ("echo x > archive/manifest.sqlite", 7, "not a file of SQLite"),
    ]

    @Test(arguments: refusals)
    func `what a run would be refused with is told before it`(
        change: String,
        code: Int32,
        words: String
    ) async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            try lab.keepAudit()
            let shell = try Child("/bin/bash", ["-c", "cd \(lab.folder) && \(change)"])
            #expect(await Lab.end(of: shell).code == 0)
            let before = try lab.tree()
            let json = try #require(try await lab.expect(["doctor", "--json"], exit: code).json)
            let failed = DoctorTests.checks(json, "fail")
            #expect(failed.contains { $0.detail.contains(words) }, "\(failed)")
            #expect(try lab.tree() == before)
            try await lab.expect(["sync"], exit: code)
            try FileManager.default.removeItem(atPath: lab.archive)
        }
    }

    @Test func `folders that a run makes again are not made by a look`() async throws {
        try await Lab.with(Self.small) { lab in
            for name in ["staging", "quarantine", "audit/inbox"] {
                try FileManager.default.removeItem(atPath: lab.file(name))
            }
            let before = try lab.tree()
            try await lab.expect(["doctor"], exit: 0)
            #expect(try lab.tree() == before)
            try await lab.expect(["sync"], exit: 0)
        }
    }
}
