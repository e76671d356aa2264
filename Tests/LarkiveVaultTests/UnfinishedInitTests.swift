import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// An init that died is finished by the next command.
@Suite(.scratchDirectory) struct UnfinishedInitTests {
    @Test(arguments: [true, false])
    func `an init that died before larkive.json is simply made again`(
        withKey: Bool
    ) async throws {
        let archive = try await Self.died(keepingKey: withKey)
        let verifier = try await archive.create(id: "00000000-0000-4000-8000-000000000001")
        #expect(try archive.keyFiles() == ["1-\(Hex.text(verifier.id)).vkey"])
        #expect(try archive.verify() == [])
    }

    @Test func `the key of another archive is never taken away`() async throws {
        let archive = try await Self.died(keepingKey: true)
        let file = "\(archive.state)/key"
        let foreign = Data(SigningKey.made().file.reveal())
        try foreign.write(to: URL(filePath: file))
        await #expect(throws: VaultError.self) { try await archive.create(id: "x") }
        #expect(try Data(contentsOf: URL(filePath: file)) == foreign)
    }

    @Test func `beside the key of another archive no folder is made`() async throws {
        let other = try await TestArchive.make()
        let path = other.beside("fresh")
        for isThere in [false, true] {
            if isThere {
                try FileManager.default.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: true
                )
            }
            let failure = await #expect(throws: VaultError.self) {
                _ = try await Vault.create(
                    at: path,
                    id: "00000000-0000-4000-8000-000000000002",
                    state: other.state,
                    run: other.run,
                    clock: other.clock
                )
            }
            #expect(failure?.kind == .exists)
            let left = try? FileManager.default.contentsOfDirectory(atPath: path)
            #expect(left == (isThere ? [] : nil))
        }
    }

    @Test func `an archive that died before its first record gets it when it is opened`()
        async throws
    {
        let archive = try await Self.died(keepingKey: true)
        _ = try await archive.create(id: "00000000-0000-4000-8000-000000000001")
        let whole = try archive.dump()
        try archive.loseLog()
        _ = try await archive.open()
        #expect(try archive.dump() == whole)
        #expect(whole.contains { $0.contains("archive_sha256") })
    }

    @Test func `an init that came to no end is finished by the same init, and by no other`()
        async throws
    {
        let archive = try await TestArchive.make()
        let key = try archive.keyFiles()
        #expect(Vault.begunID(at: archive.path) == nil)
        try archive.loseLog()
        let id = try #require(Vault.begunID(at: archive.path))
        await #expect(throws: VaultError.self) { try await archive.create(id: "x") }
        let verifier = try await archive.create(id: id)
        #expect(key == ["1-\(Hex.text(verifier.id)).vkey"])
        #expect(try archive.verify() == [])
        await #expect(throws: VaultError.self) { try await archive.create(id: id) }
    }

    /// What an init leaves that dies before `larkive.json` has its name.
    private static func died(keepingKey: Bool) async throws -> TestArchive {
        let archive = try await TestArchive.make()
        try archive.loseLog()
        try archive.remove("larkive.json")
        if !keepingKey { try FileManager.default.removeItem(atPath: "\(archive.state)/key") }
        return archive
    }
}

extension TestArchive {
    fileprivate func create(id: String) async throws -> VerifierKey {
        try await Vault.create(at: path, id: id, state: state, run: run, clock: clock)
    }

    fileprivate func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: file(name))
    }

    fileprivate func keyFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file("audit/tlog/keys"))
    }

    /// Takes away everything that the first record has brought.
    fileprivate func loseLog() throws {
        for name in ["manifest.sqlite", "manifest.sqlite-journal", "audit/open.jsonl"] {
            try remove(name)
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: file("audit"))
        where name.hasPrefix("20") { try remove("audit/\(name)") }
        for name in ["tile", "checkpoint", "checkpoints"] { try remove("audit/tlog/\(name)") }
        try FileManager.default.removeItem(atPath: "\(state)/seen")
    }
}
