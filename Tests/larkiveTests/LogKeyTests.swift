import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// Keys of the log as people keep them, and what is said of an archive by name.
@Suite(.scratchDirectory) struct LogKeyTests {
    private static let small = WorldRecipe(seed: 44, mailboxes: 1, messages: 12, tasks: 2)

    @Test func `what audit key prints verifies the log, with one key or with several`() async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let file = "\(lab.folder)/kept.vkey"
            for count in 1...3 {
                let keys = try await lab.expect(["audit", "key"], exit: 0).output
                #expect(keys.split(separator: "\n").count == count)
                try Data(keys.utf8).write(to: URL(filePath: file))
                try await lab.expect(["audit", "verify", "--key", file], exit: 0)
                try await lab.expect(["audit", "key", "rotate"], exit: 0)
            }
            try Data("larkive/x\n".utf8).write(to: URL(filePath: file))
            let refused = try await lab.expect(["audit", "verify", "--key", file], exit: 2)
            #expect(refused.errors.contains("no verification key"), "\(refused.errors)")
        }
    }

    @Test func `damaged objects are not among those that status calls good`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let before = try await lab.expect(["status"], exit: 0).output
            #expect(before.contains("every object was good at "), "\(before)")
            let digest = try #require(lab.server.truth().first).sha256
            try FileManager.default.removeItem(
                atPath: lab.file("objects/\(digest.prefix(2))/\(digest)")
            )
            try await lab.expect(["verify"], exit: 7)
            let after = try await lab.expect(["status"], exit: 0).output
            #expect(after.contains("every other object was good at "), "\(after)")
        }
    }

    @Test func `an archive that is not there is called so by every command that looks`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try FileManager.default.moveItem(atPath: lab.file(""), toPath: "\(lab.folder)/away")
            for command in [["verify"], ["status"], ["find"], ["audit", "verify"], ["sync"]] {
                let ended = try await lab.expect(command, exit: 10)
                #expect(ended.errors.contains("hint: "), "\(ended.errors)")
            }
        }
    }
}
