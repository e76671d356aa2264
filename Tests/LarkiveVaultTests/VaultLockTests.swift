import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// A second run is refused soon, and is told who has the archive.
@Suite(.scratchDirectory) struct VaultLockTests {
    private let name = "host h, pid 7, since 2026-07-01T00:00:00Z"

    @Test func `a refusal waits for a holder that has not written yet`() async throws {
        let archive = try await TestArchive.make()
        let root = try Directory.open(archive.path)
        let file = try Self.hold(root)
        var pauses = 0
        let failure = #expect(throws: VaultError.self) {
            _ = try VaultLock.take(in: root, at: archive.clock.now()) {
                pauses += 1
                if pauses == 20 { try? file.write(Array("host h, pi".utf8)) }
                if pauses == 21 { try? file.write(Array("d 7, since 2026-07-01T00:00:00Z\n".utf8)) }
            }
        }
        #expect(failure?.kind == .locked)
        #expect(failure?.detail == "another run has the archive: \(name)")
        #expect(pauses == 21)
    }

    @Test func `a holder that never says who it is is refused without a name`() async throws {
        let archive = try await TestArchive.make()
        let root = try Directory.open(archive.path)
        let file = try Self.hold(root)
        var pauses = 0
        let failure = #expect(throws: VaultError.self) {
            _ = try VaultLock.take(in: root, at: archive.clock.now()) { pauses += 1 }
        }
        #expect(failure?.detail == "another run has the archive, and has not said who it is")
        #expect(pauses == 44)
        withExtendedLifetime(file) {}
    }

    @Test func `a lock that is let go meanwhile is taken`() async throws {
        let archive = try await TestArchive.make()
        let root = try Directory.open(archive.path)
        let file = try Self.hold(root)
        var pauses = 0
        let lock = try VaultLock.take(in: root, at: archive.clock.now()) {
            pauses += 1
            if pauses == 30 { file.unlock() }
        }
        #expect(pauses == 30)
        withExtendedLifetime(lock) {}
    }

    /// A lock whose holder has not written down who it is.
    private static func hold(_ root: Directory) throws -> File {
        let file = try root.file(VaultLock.fileName, .writing)
        try #require(try file.tryLock())
        try file.truncate(to: 0)
        return file
    }
}
