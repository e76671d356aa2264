import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What `rebuild` leaves beside the new manifest.
@Suite(.scratchDirectory) struct RebuildTests {
    @Test func `a rebuild of a healthy manifest keeps nothing`() async throws {
        let archive = try await FindingFixture.archive()
        let before = try archive.dump()
        _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        #expect(try archive.dump() == before)
        #expect(try Self.quarantine(of: archive) == [])
        #expect(try ReadingVault.verdict(of: archive).findings.map(\.code) == [])
    }

    @Test func `a manifest with a row that no record speaks of is kept`() async throws {
        let archive = try await FindingFixture.archive()
        let before = try archive.dump()
        try Change.sqlite(archive, "INSERT INTO task VALUES ('t', NULL, 'never listed')")
        _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        #expect(try archive.dump() == before)
        let kept = try #require(try Self.quarantine(of: archive).only)
        let former = try SQLiteManifest(reading: archive.file("quarantine/\(kept)"))
        #expect(try former.count(of: "task") == 1)
    }

    @Test func `a rebuild of a missing manifest makes it and keeps nothing`() async throws {
        let archive = try await FindingFixture.archive()
        let before = try archive.dump()
        try FileManager.default.removeItem(atPath: archive.file("manifest.sqlite"))
        _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        #expect(try archive.dump() == before)
        #expect(try Self.quarantine(of: archive) == [])
    }

    @Test func `a journal that fits no manifest is never played into the new one`() async throws {
        let archive = try await FindingFixture.archive()
        let before = try archive.dump()
        let noise = Data(repeating: 0x5A, count: 9_000)
        try Change.overwrite(archive.file("manifest.sqlite"), noise)
        try noise.write(to: URL(filePath: archive.file("manifest.sqlite-journal")))
        _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        #expect(try archive.dump() == before)
        let kept = try #require(try Self.quarantine(of: archive).only)
        #expect(try Data(contentsOf: URL(filePath: archive.file("quarantine/\(kept)"))) == noise)
    }

    @Test func `a rebuild that died before the exchange is done again`() async throws {
        let archive = try await FindingFixture.archive()
        let before = try archive.dump()
        try Change.sqlite(archive, "INSERT INTO task VALUES ('t', NULL, 'never listed')")
        // As it stands on disk then: the new one lies in quarantine.
        try FileManager.default.copyItem(
            atPath: archive.file("manifest.sqlite"),
            toPath: archive.file("quarantine/manifest.sqlite.\(archive.clock.now().milliseconds)")
        )
        _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        #expect(try archive.dump() == before)
        #expect(try Self.quarantine(of: archive).count == 2)
    }

    private static func quarantine(of archive: TestArchive) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: archive.file("quarantine"))
    }
}

extension Collection {
    /// The one element of a collection of one.
    fileprivate var only: Element? { count == 1 ? first : nil }
}
