import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

@Suite(.scratchDirectory) struct StoreTests {
    private static func stage(_ content: String, in vault: Vault) async throws -> Staged {
        let scratch = try vault.objects.open(expecting: nil)
        try await scratch.append(Array("forgotten".utf8))
        try await scratch.restart()
        for byte in content.utf8 { try await scratch.append([byte]) }
        return try await scratch.finish()
    }

    @Test func `bytes land once, read-only, under their digest`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        var group: [Staged] = []
        for content in ["abc", "abc", "", "xyz"] {
            group.append(try await Self.stage(content, in: vault))
        }
        let fresh = try await vault.objects.publish(group)
        #expect(fresh.count == 3)
        let name = "ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let path = archive.file("objects/\(name)")
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("abc".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o400)
        let again = try await vault.objects.publish([try await Self.stage("abc", in: vault)])
        #expect(again.isEmpty)
    }

    @Test func `a discarded scratch leaves nothing`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        let scratch = try vault.objects.open(expecting: 10)
        try await scratch.append([1, 2, 3])
        await scratch.discard()
        vault.cleanUp()
        #expect(try FileManager.default.contentsOfDirectory(atPath: archive.file("staging")) == [])
        await #expect(throws: StoreError(.io, "a discarded scratch was used")) {
            try await scratch.append([4])
        }
    }

    @Test func `an object with other bytes is kept aside and replaced`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        _ = try await vault.objects.publish([try await Self.stage("abc", in: vault)])
        let digest = try #require(
            ContentDigest(hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        )
        let path = archive.file("objects/ba/\(digest.hex)")
        try FileManager.default.removeItem(atPath: path)
        try Data("abX".utf8).write(to: URL(filePath: path))
        _ = try await vault.objects.publish([try await Self.stage("abc", in: vault)])
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("abc".utf8))
        let kept = try FileManager.default.contentsOfDirectory(atPath: archive.file("quarantine"))
        #expect(kept == ["\(digest.hex).3"])
    }

    @Test func `more than there is room for is refused with the figures`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        let failure = #expect(throws: StoreError.self) {
            try vault.objects.open(expecting: 1 << 60)
        }
        #expect(failure?.kind == .noSpace)
    }

    /// Tables are compared byte for byte, and so are views and triggers.
    @Test(arguments: [
        (
            "UPDATE version SET digest = (SELECT max(digest) FROM object) WHERE attachment = 1",
            Finding.Code.manifestDiffers
        ), ("DROP VIEW files", .manifestSchema),
        ("CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM ledger; END", .manifestSchema),
    ])
    func `a manifest that says something else is found`(
        sql: String,
        code: Finding.Code
    ) async throws {
        let archive = try await TestArchive.make()
        do {
            let vault = try await archive.open()
            try await archive.hold(Array("abc".utf8), in: vault)
            try await archive.hold(Array("other".utf8), in: vault)
            try await vault.journal.seal()
            vault.cleanUp()
        }
        try Change.sqlite(archive, sql)
        #expect(try archive.verify() == [code])
    }
}
