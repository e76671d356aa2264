import Foundation
import GRDB
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What is told when rows clash, when a disk fails, and when rows change under who prints them.
@Suite(.scratchDirectory) struct ManifestFailureTests {
    @Test func `rows that clash with what is recorded are damage, and rebuild is the way`()
        async throws
    {
        let archive = try await FindingFixture.archive()
        let before = try archive.dump()
        try Change.sqlite(archive, "UPDATE meta SET value = '2' WHERE name = 'applied_seq'")
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .damaged)
        #expect(failure?.hint?.contains("larkive rebuild") == true)
        #expect(failure?.detail.contains("not what the log says") == true)
        _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        #expect(try archive.dump() == before)
    }

    @Test func `damage after a failure of the disk is told as that failure`() {
        let (failed, damaged) = (
            ManifestError(.notWritable, "disk I/O error"), ManifestError(.damaged, "malformed")
        )
        let first = FirstFailure()
        #expect(first.told(damaged) == damaged)
        #expect(first.told(failed) == failed)
        #expect(first.told(damaged) == failed)
        // A record that was kept out is missed by the next one.
        #expect(first.told(ManifestError(.other, "record 7: record 6 is missing")) == failed)
        #expect(FirstFailure().told(ManifestError(.other, "x")) == ManifestError(.other, "x"))
    }

    @Test func `while a page is read no commit comes between, and afterwards it does`() async throws
    {
        let archive = try await TestArchive.make()
        try Self.commit(during: archive.file("manifest.sqlite"))
    }

    private static func commit(during path: String) throws {
        let manifest = try SQLiteManifest(reading: path)
        var impatient = Configuration()
        impatient.busyMode = .immediateError
        let other = try DatabaseQueue(path: path, configuration: impatient)
        func change() throws {
            try other.write { db in try db.execute(sql: "UPDATE meta SET value = value") }
        }
        try manifest.inSnapshot { db in
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM meta")
            #expect(count != 0)
            #expect(throws: DatabaseError.self) { try change() }
        }
        try change()
    }

    @Test func `a dump leaves nothing out when rows before its place go away`() async throws {
        let archive = try await TestArchive.make()
        try Change.sqlite(
            archive,
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
            INSERT INTO inbox SELECT printf('%05d', i), i FROM n
            """
        )
        let whole = try archive.dump()
        #expect(whole.filter { $0.contains(#""table":"inbox""#) }.count == 2_500)
        var seen: [String] = []
        try ReadingVault(at: archive.path).manifest.dump { line in
            guard line["table"] == "inbox" else { return }
            if seen.count == 1_000 {
                try Change.sqlite(archive, "DELETE FROM inbox WHERE seq <= 500")
            }
            seen.append(line["entry"]?.string ?? "")
        }
        #expect(seen == (1...2_500).map { String(format: "%05d", $0) })
    }

    @Test func `objects that wait for repair are told until they are healed or given up`()
        async throws
    {
        let archive = try await FindingFixture.archive()
        let vault = try await archive.open()
        let digest = try #require(try vault.manifest.objects(inShard: 0...255).first)
        try await vault.record([AuditEvent(.objectDamaged, ["sha256": .string(digest.hex)])])
        #expect(try vault.manifest.damagedObjects().map(\.digest) == [digest])
        try await vault.record([AuditEvent(.objectRepaired, ["sha256": .string(digest.hex)])])
        #expect(try vault.manifest.damagedObjects().isEmpty)
        vault.cleanUp()
    }
}

extension SQLiteManifest {
    fileprivate func objects(inShard shards: ClosedRange<UInt8>) throws -> [ContentDigest] {
        try shards.flatMap { try objects(inShard: $0).keys.sorted() }
    }
}
