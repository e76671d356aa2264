import Foundation
import GRDB
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// A run that died in the middle of a commit leaves a manifest that must be rolled back first.
@Suite(.scratchDirectory) struct HotJournalTests {
    @Test func `a reader takes back what a dying run had half written`() async throws {
        let archive = try await Self.archive()
        let before = try archive.dump()
        try Self.interruptCommit(of: archive)
        #expect(try archive.dump() == before)
        #expect(try archive.verify() == [])
    }

    @Test func `a reader that cannot take the lock waits for the run that will`() async throws {
        let archive = try await Self.archive()
        let before = try archive.dump()
        let lock = try VaultLock.take(
            in: try Directory.open(archive.path),
            at: archive.clock.now()
        )
        try Self.interruptCommit(of: archive)
        var waits = 0
        let reader = try ReadingVault(at: archive.path) {
            waits += 1
            // The run opens the manifest.
            if waits == 3 {
                _ = try? SQLiteManifest(at: archive.file("manifest.sqlite"), walk: nil)
            }
        }
        #expect(waits == 3)
        var lines: [String] = []
        try reader.manifest.dump { lines.append(JSONWriter.text(of: $0)) }
        #expect(lines == before)
        withExtendedLifetime(lock) {}
    }

    @Test func `a reader says so when nobody takes it back`() async throws {
        let archive = try await Self.archive()
        let root = try Directory.open(archive.path)
        let lock = try VaultLock.take(in: root, at: archive.clock.now())
        try Self.interruptCommit(of: archive)
        let failure = #expect(throws: VaultError.self) {
            _ = try ReadingVault(at: archive.path, waiting: {})
        }
        #expect(failure?.kind == .locked)
        #expect(failure?.hint == "try again when the run that has just begun is under way")
        withExtendedLifetime(lock) {}
    }

    private static func archive() async throws -> TestArchive {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        for content in ["one", "two", "three"] {
            try await archive.hold(Array(content.utf8), in: vault)
        }
        try await vault.journal.seal()
        vault.cleanUp()
        return archive
    }

    /// Puts a manifest and its journal in the place of the archive's, as they stand on disk when a
    /// large transaction has been written in part.
    private static func interruptCommit(of archive: TestArchive) throws {
        let (manifest, copy) = (archive.file("manifest.sqlite"), archive.beside("copy.sqlite"))
        try FileManager.default.copyItem(atPath: manifest, toPath: copy)
        try DatabaseQueue(path: copy).inDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = TRUNCATE; PRAGMA cache_size = 1")
            try db.execute(sql: "BEGIN IMMEDIATE; DELETE FROM ledger; DELETE FROM sighting")
            for number in 0..<400 {
                try db.execute(
                    sql: "INSERT INTO meta VALUES (?, ?)",
                    arguments: ["x\(number)", String(repeating: "y", count: 2_000)]
                )
            }
            try #require(FileManager.default.contents(atPath: "\(copy)-journal")?.isEmpty == false)
            for ending in ["", "-journal"] {
                try? FileManager.default.removeItem(atPath: manifest + ending)
                try FileManager.default.copyItem(
                    atPath: copy + ending,
                    toPath: manifest + ending
                )
            }
            try db.execute(sql: "ROLLBACK")
        }
    }
}
