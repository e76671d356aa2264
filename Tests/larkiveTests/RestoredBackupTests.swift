import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// What docs/operating.md says of backups, done.
@Suite(.scratchDirectory) struct RestoredBackupTests {
    private static let small = WorldRecipe(seed: 41, mailboxes: 1, messages: 12, tasks: 3)

    /// A copy of three things, without empty folders, is an archive again after a rebuild.
    @Test func `larkive json, audit and objects alone come back to life`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let before = try await lab.expect(["manifest", "dump"], exit: 0).output
            let files = FileManager.default
            let old = "\(lab.folder)/old"
            try files.moveItem(atPath: lab.archive, toPath: old)
            try files.createDirectory(
                atPath: lab.archive,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            for name in ["larkive.json", "audit", "objects"] {
                try files.copyItem(atPath: "\(old)/\(name)", toPath: lab.file(name))
            }
            try files.removeItem(atPath: lab.file("audit/inbox"))
            for shard in try files.contentsOfDirectory(atPath: lab.file("objects")) {
                let path = lab.file("objects/\(shard)")
                if try files.contentsOfDirectory(atPath: path).isEmpty {
                    try files.removeItem(atPath: path)
                }
            }
            try await lab.expect(["rebuild"], exit: 0)
            #expect(try await lab.expect(["manifest", "dump"], exit: 0).output == before)
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectClean()
        }
    }

    @Test(arguments: ["sync", "repair", "audit key rotate", "audit restart --force --reason lost"])
    func `what holds nothing that could be lost is made again by every command that writes`(
        _ command: String
    ) async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            for name in ["staging", "quarantine", "audit/inbox"] {
                try FileManager.default.removeItem(atPath: lab.file(name))
            }
            let verdict = try await lab.expect(["verify", "--json"], exit: 7)
            let codes = try #require(verdict.json?["findings"]?.array).map { $0["code"]?.string }
            #expect(codes == ["E043", "E043", "E043"])
            try await lab.expect(command.split(separator: " ").map(String.init), exit: 0)
            try await lab.expect(["verify"], exit: 0)
        }
    }
}
