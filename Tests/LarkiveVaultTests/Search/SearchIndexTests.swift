import Foundation
import GRDB
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// The search index is at every moment what it would be if it were made now.
@Suite(.scratchDirectory) struct SearchIndexTests {
    /// Every token of the index with its document and its place.
    private static func contents(of manifest: SQLiteManifest) throws -> [String] {
        try manifest.inDatabase { db in
            try db.execute(
                sql: """
                    CREATE VIRTUAL TABLE temp.grams USING fts5vocab('main', 'search', 'instance')
                    """
            )
            defer { try? db.execute(sql: "DROP TABLE temp.grams") }
            return try String.fetchAll(
                db,
                sql: "SELECT doc || ' ' || offset || ' ' || term FROM temp.grams"
            ).sorted()
        }
    }

    private static func expected(_ manifest: SQLiteManifest) throws -> [String] {
        try manifest.inDatabase { db in
            let numbers = try Int64.fetchAll(db, sql: "SELECT n FROM attachment")
            return try numbers.compactMap { try SearchDocument.of($0, db) }.flatMap { document in
                document.tokens.split(separator: " ").enumerated().map {
                    "\(document.rowid) \($0.offset) \($0.element)"
                }
            }.sorted()
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `whatever happens, after each transaction it is as if freshly made`(
        seed: UInt64
    ) async throws {
        var catalogue = try SampleCatalogue(seed: seed)
        for _ in 0..<30 {
            for _ in 0...catalogue.pick(12) { try catalogue.step() }
            try catalogue.commit()
            await Task.yield()
            let contents = try Self.contents(of: catalogue.manifest)
            #expect(try contents == Self.expected(catalogue.manifest), "seed \(seed)")
        }
        #expect(catalogue.entries.count > 100)
        try Self.checkIntegrity(catalogue.manifest)
        let kept = try Self.contents(of: catalogue.manifest)
        try catalogue.manifest.inTransaction { db in try SearchIndex.make(db) }
        #expect(try Self.contents(of: catalogue.manifest) == kept)
    }

    private static func checkIntegrity(_ manifest: SQLiteManifest) throws {
        try manifest.inTransaction { db in
            try db.execute(sql: "INSERT INTO search(search) VALUES ('integrity-check')")
        }
    }

    private static func pieces(_ manifest: SQLiteManifest) throws -> Int {
        try manifest.inDatabase { db in
            try Int.fetchOne(db, sql: "SELECT count(DISTINCT segid) FROM search_idx") ?? 0
        }
    }

    @Test(arguments: [7, 8] as [UInt64])
    func `many pieces become one and say the same`(seed: UInt64) async throws {
        var catalogue = try SampleCatalogue(seed: seed)
        try catalogue.manifest.inTransaction { db in try SearchIndex.setting("automerge", 0, db) }
        for _ in 0..<30 {
            for _ in 0...5 { try catalogue.step() }
            try catalogue.commit()
            await Task.yield()
        }
        let manifest = catalogue.manifest
        let kept = try Self.contents(of: manifest)
        #expect(try Self.pieces(manifest) > 12)
        try manifest.tidySearchIndex { false }
        #expect(try Self.pieces(manifest) > 12)
        try manifest.tidySearchIndex { true }
        #expect(try Self.pieces(manifest) == 1)
        #expect(try Self.contents(of: manifest) == kept)
        try Self.checkIntegrity(manifest)
        // One piece is not written again.
        #expect(try manifest.inDatabase { db in try !SearchIndex.isWorthMerging(db) })
    }

    @Test func `a transaction that is taken back leaves it as it was`() throws {
        var catalogue = try SampleCatalogue(seed: 7)
        for _ in 0..<60 { try catalogue.step() }
        try catalogue.commit()
        let before = try Self.contents(of: catalogue.manifest)
        let title = AuditEvent(.sourceAdded, ["source": 1], hidden: ["name": "mail:x@y.example"])
        for _ in 0..<20 { try catalogue.step() }
        #expect(throws: ManifestError.self) { try catalogue.commit(with: title) }
        #expect(try Self.contents(of: catalogue.manifest) == before)
        try Self.checkIntegrity(catalogue.manifest)
    }

    @Test func `a rehearsal leaves it as it was`() throws {
        var catalogue = try SampleCatalogue(seed: 8)
        for _ in 0..<60 { try catalogue.step() }
        let before = try Self.contents(of: catalogue.manifest)
        try catalogue.rehearse()
        #expect(try Self.contents(of: catalogue.manifest) == before)
    }

    @Test func `what changes nothing that is looked for writes nothing`() throws {
        var catalogue = try SampleCatalogue(seed: 9)
        for _ in 0..<60 { try catalogue.step() }
        try catalogue.commit()
        let written = try catalogue.manifest.inDatabase { $0.totalChangesCount }
        try catalogue.manifest.inTransaction { db in
            let changes = try #require(try SearchChanges(db))
            try changes.touch(1)
            try changes.finish()
        }
        #expect(try catalogue.manifest.inDatabase { $0.totalChangesCount } == written)
    }

    @Test func `an archive made before it gets it when it is opened for writing`() async throws {
        let archive = try await FindingFixture.archive()
        let dump = try archive.dump()
        try Change.sqlite(archive, "DROP TABLE search")
        #expect(try archive.verify() == [])
        let reader = try ReadingVault(at: archive.path).manifest
        #expect(try reader.search(FileQuery()).isIndexed == false)
        let vault = try await archive.open()
        vault.cleanUp()
        #expect(try reader.search(FileQuery()).isIndexed)
        #expect(try Self.contents(of: vault.manifest) == Self.expected(vault.manifest))
        #expect(try archive.dump() == dump)
        #expect(try archive.verify() == [])
    }

    @Test func `one of another folding is made again`() async throws {
        let archive = try await FindingFixture.archive()
        try Change.sqlite(
            archive,
            """
            DROP TABLE search;
            CREATE VIRTUAL TABLE search USING fts5(fold_0, content='', tokenize='ascii');
            INSERT INTO search(rowid, fold_0) VALUES (1, 'xall');
            """
        )
        #expect(try ReadingVault(at: archive.path).manifest.search(FileQuery()).isIndexed == false)
        let vault = try await archive.open()
        vault.cleanUp()
        #expect(try Self.contents(of: vault.manifest) == Self.expected(vault.manifest))
    }

    @Test func `a rebuild makes it`() async throws {
        let archive = try await FindingFixture.archive()
        _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        let manifest = try ReadingVault(at: archive.path).manifest
        #expect(try manifest.search(FileQuery()).isIndexed)
        #expect(try Self.contents(of: manifest) == Self.expected(manifest))
    }

    @Test func `a dump does not show it`() throws {
        var catalogue = try SampleCatalogue(seed: 10)
        for _ in 0..<20 { try catalogue.step() }
        try catalogue.commit()
        var lines: [String] = []
        try catalogue.manifest.dump { lines.append(JSONWriter.text(of: $0)) }
        #expect(!lines.isEmpty)
        #expect(lines.filter { $0.contains("fold_") || $0.contains("table\":\"search") } == [])
    }
}
