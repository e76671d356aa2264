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
        let lock = try archive.lock()
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
        #expect(try Self.lines(of: reader) == before)
        withExtendedLifetime(lock) {}
    }

    @Test func `a reader looks at a copy when nobody takes it back`() async throws {
        let archive = try await Self.archive()
        let before = try archive.dump()
        let lock = try archive.lock()
        try Self.interruptCommit(of: archive)
        let left = try archive.manifestBytes()
        let reader = try ReadingVault(at: archive.path, waiting: {})
        #expect(reader.manifest.isAside)
        #expect(try Self.lines(of: reader) == before)
        #expect(try archive.manifestBytes() == left)
        #expect(try FileManager.default.contentsOfDirectory(atPath: archive.file("staging")) == [])
        withExtendedLifetime(lock) {}
    }

    @Test func `a reader says so when nobody takes it back and it cannot be copied`() async throws {
        let archive = try await Self.archive()
        let lock = try archive.lock()
        try Self.interruptCommit(of: archive)
        let staging = archive.file("staging")
        let failure = #expect(throws: VaultError.self) {
            _ = try ReadingVault(at: archive.path) {
                try? FileManager.default.removeItem(atPath: staging)
            }
        }
        #expect(failure?.kind == .locked)
        #expect(failure?.hint == "try again when the run that has just begun is under way")
        withExtendedLifetime(lock) {}
    }

    @Test func `a reader looks at a copy while a run stands still in a commit`() async throws {
        let archive = try await Self.archive()
        let before = try archive.dump()
        try Self.standStill(in: archive) { _ in
            let left = try archive.manifestBytes()
            let reader = try ReadingVault(at: archive.path, patience: 0, waiting: {})
            #expect(reader.manifest.isAside)
            #expect(try Self.lines(of: reader) == before)
            #expect(try archive.manifestBytes() == left)
        }
        let reader = try ReadingVault(at: archive.path)
        #expect(!reader.manifest.isAside)
        #expect(try Self.lines(of: reader) == before)
    }

    @Test func `a copy is given up when the run goes on meanwhile`() async throws {
        let archive = try await Self.archive()
        try Self.standStill(in: archive) { db in
            var looks = 0
            let failure = #expect(throws: VaultError.self) {
                _ = try ReadingVault(at: archive.path, patience: 0) {
                    looks += 1
                    try? Self.insert("look \(looks)", into: db)
                }
            }
            #expect(looks == 4)
            #expect(failure?.kind == .notWritable)
            #expect(failure?.detail.contains("its process is named in the file lock") == true)
        }
        #expect(try archive.verify() == [])
    }

    private static func lines(of reader: ReadingVault) throws -> [String] {
        var lines: [String] = []
        try reader.manifest.dump { lines.append(JSONWriter.text(of: $0)) }
        return lines
    }

    /// Does something while a large transaction has been written to the manifest in part, and takes
    /// it back.
    private static func standStill(
        in archive: TestArchive,
        _ body: (Database) throws -> Void
    ) throws {
        try DatabaseQueue(path: archive.file("manifest.sqlite")).inDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = TRUNCATE; PRAGMA cache_size = 1")
            try beginLarge(db)
            try body(db)
            try db.execute(sql: "ROLLBACK")
        }
    }

    private static func beginLarge(_ db: Database) throws {
        try db.execute(sql: "BEGIN IMMEDIATE; DELETE FROM ledger; DELETE FROM sighting")
        try insert("x", into: db)
    }

    private static func insert(_ name: String, into db: Database) throws {
        for number in 0..<400 {
            try db.execute(
                sql: "INSERT INTO meta VALUES (?, ?)",
                arguments: ["\(name) \(number)", String(repeating: "y", count: 2_000)]
            )
        }
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
            try beginLarge(db)
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

extension TestArchive {
    fileprivate func lock() throws -> VaultLock {
        try VaultLock.take(in: try Directory.open(path), at: clock.now())
    }

    fileprivate func manifestBytes() throws -> [Data] {
        try ["manifest.sqlite", "manifest.sqlite-journal"].map {
            try Data(contentsOf: URL(filePath: file($0)))
        }
    }
}
