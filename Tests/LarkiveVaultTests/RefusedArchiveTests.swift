import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What is wrong with an archive that no run writes to.
@Suite(.scratchDirectory) struct RefusedArchiveTests {
    @Test func `an older copy of the archive is refused`() async throws {
        let archive = try await TestArchive.make()
        let copy = archive.beside("older")
        try FileManager.default.copyItem(atPath: archive.path, toPath: copy)
        do {
            let vault = try await archive.open()
            try await archive.hold([1], in: vault)
            try await vault.journal.seal()
        }
        try FileManager.default.removeItem(atPath: archive.path)
        try FileManager.default.moveItem(atPath: copy, toPath: archive.path)
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .rolledBack)
        #expect(try archive.verify().contains(.rolledBack))
    }

    @Test func `a journal that is refused stays as it is`() async throws {
        let archive = try await TestArchive.make()
        do {
            // Dies with records that the manifest knows and no note covers.
            let vault = try await archive.open()
            try await archive.hold([1], in: vault)
            vault.cleanUp()
        }
        let path = archive.file("audit/open.jsonl")
        let whole = try Data(contentsOf: URL(filePath: path))
        try Change.edit(path) { $0[20] ^= 1 }
        let damaged = try Data(contentsOf: URL(filePath: path))
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .rolledBack)
        #expect(try Data(contentsOf: URL(filePath: path)) == damaged)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: archive.file("quarantine")) == []
        )
        try Change.overwrite(path, whole)
        try await archive.sync([2])
        #expect(try archive.verify() == [])
    }

    @Test func `a last segment that cannot be read is damage of the log`() async throws {
        let archive = try await TestArchive.make()
        let path = archive.file("audit/" + (try #require(try archive.segments.last)))
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count / 2] ^= 1
        try FileManager.default.removeItem(atPath: path)
        try bytes.write(to: URL(filePath: path))
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .auditDamaged)
    }

    @Test func `a missing segment and a note that nobody signed are refused`() async throws {
        let archive = try await TestArchive.make()
        for content in [UInt8(1), 2] {
            let vault = try await archive.open()
            try await archive.hold([content], in: vault)
            try await vault.journal.seal()
        }
        let middle = archive.file("audit/" + (try archive.segments[1]))
        try FileManager.default.moveItem(atPath: middle, toPath: archive.beside("away"))
        let gap = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(gap?.kind == .auditDamaged)
        try FileManager.default.moveItem(atPath: archive.beside("away"), toPath: middle)
        let note = archive.file("audit/tlog/checkpoint")
        let text = try String(contentsOfFile: note, encoding: .utf8)
        try Data((text.dropLast(8) + "AAAAAA=\n").utf8).write(to: URL(filePath: note))
        let unsigned = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(unsigned?.kind == .auditDamaged)
    }

    @Test func `an archive whose larkive json is lost or changed is not written to`() async throws {
        let archive = try await TestArchive.make()
        let path = archive.file("larkive.json")
        let bytes = try Data(contentsOf: URL(filePath: path))
        try (bytes + Data(" ".utf8)).write(to: URL(filePath: path))
        let changed = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(changed?.kind == .damaged)
        try FileManager.default.removeItem(atPath: path)
        let lost = await #expect(throws: VaultError.self) { _ = try await TestArchive.make() }
        #expect(lost?.kind == .exists)
        try bytes.write(to: URL(filePath: path))
        _ = try await archive.open()
        #expect(try archive.verify() == [])
    }

    @Test func `a lost or foreign key is refused`() async throws {
        let archive = try await TestArchive.make()
        let key = "\(archive.state)/key"
        try FileManager.default.removeItem(atPath: key)
        let lost = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(lost?.kind == .keyMissing)
        try Data(SigningKey.made().file.reveal()).write(to: URL(filePath: key))
        let foreign = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(foreign?.kind == .keyMissing)
    }
}
