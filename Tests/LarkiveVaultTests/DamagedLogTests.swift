import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// A damaged log hides no damage of objects: the manifest knows them as well, and their names say
/// what their bytes are.
@Suite(.scratchDirectory) struct DamagedLogTests {
    private static let codes: [Finding.Code] = [
        .segmentUnreadable, .segmentMissing, .lineInvalid, .logMissing,
    ]
    private static let contents = ["first", "second", "third"]

    /// One segment for each object, and a log that is damaged before the last two.
    private static func archive(
        _ damage: Finding.Code,
        before: (TestArchive) async throws -> Void = { _ in }
    ) async throws -> TestArchive {
        let archive = try await TestArchive.make()
        for content in contents { try await hold(content, in: archive) }
        try await before(archive)
        let segment = archive.file("audit/" + (try archive.segments[2]))
        switch damage {
        case .segmentMissing: try FileManager.default.removeItem(atPath: segment)
        case .lineInvalid: try Change.lines(of: 2, in: archive) { $0[0] = "{}" }
        case .logMissing: try FileManager.default.removeItem(atPath: archive.file("audit"))
        default: try Change.edit(segment) { $0[$0.count / 2] ^= 1 }
        }
        return archive
    }

    private static func hold(_ content: String, in archive: TestArchive) async throws {
        let vault = try await archive.open()
        try await archive.hold(Array(content.utf8), in: vault)
        try await vault.journal.seal()
        vault.cleanUp()
    }

    private static func look(_ archive: TestArchive) throws -> Verification {
        try ReadingVault.verdict(of: archive)
    }

    private static func ofObjects(_ verdict: Verification) -> [String] {
        verdict.findings.filter(\.code.isOfObject).map { "\($0.code.rawValue) \($0.subject)" }
            .sorted()
    }

    @Test(arguments: codes)
    func `objects are read also where the log is damaged`(code: Finding.Code) async throws {
        let archive = try await Self.archive(code)
        let before = try Self.look(archive)
        #expect(before.findings.contains { $0.code == code }, "\(before.findings)")
        #expect(Self.ofObjects(before) == [])
        #expect(before.objects == 3)
        #expect(before.reading?.objects == 3)
        try Change.rewrite(archive.object("second"), "secOnd")
        try FileManager.default.removeItem(atPath: archive.object("third"))
        let after = try Self.look(archive)
        let (second, third) = (
            ContentDigest.of(Array("second".utf8)), ContentDigest.of(Array("third".utf8))
        )
        #expect(
            Self.ofObjects(after)
                == [
                    "E001 \(DiskObjectStore.subject(of: third))",
                    "E002 \(DiskObjectStore.subject(of: second))",
                ]
        )
        #expect(after.freshlyDamaged == [second, third].sorted())
        let carried = after.findings.compactMap { $0.facts["attachments"]?.array?.count }
        #expect(carried == [1, 1])
        #expect(after.exitCode == before.exitCode)
    }

    @Test func `where the manifest is lost too, an object is held against its name`() async throws {
        let archive = try await Self.archive(.segmentUnreadable)
        try FileManager.default.removeItem(atPath: archive.file("manifest.sqlite"))
        try Change.rewrite(archive.object("third"), "thirD")
        let verdict = try Self.look(archive)
        #expect(verdict.objects == 3)
        let third = ContentDigest.of(Array("third".utf8))
        #expect(Self.ofObjects(verdict) == ["E002 \(DiskObjectStore.subject(of: third))"])
        // Nobody can record what nobody knows.
        #expect(verdict.freshlyDamaged == [])
    }

    @Test func `what was healed in the damaged part is whole`() async throws {
        let archive = try await TestArchive.make()
        try await Self.hold("first", in: archive)
        try await Change.record(.objectDamaged, "first", in: archive)
        try await Change.record(.objectRepaired, "first", in: archive)
        let healed = archive.file("audit/" + (try #require(try archive.segments.last)))
        try await Self.hold("second", in: archive)
        try Change.edit(healed) { $0[$0.count / 2] ^= 1 }
        #expect(Self.ofObjects(try Self.look(archive)) == [])
    }

    @Test func `an older manifest takes back nothing that the log says`() async throws {
        let archive = try await TestArchive.make()
        try await Self.hold("first", in: archive)
        let (path, old) = (archive.file("manifest.sqlite"), archive.beside("old"))
        try FileManager.default.copyItem(atPath: path, toPath: old)
        try await Change.record(.objectDamaged, "first", in: archive)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: old, toPath: path)
        // Something else of the log that is wrong.
        try FileManager.default.removeItem(atPath: archive.file("audit/tlog/checkpoint"))
        let verdict = try Self.look(archive)
        #expect(verdict.exitCode == .audit, "\(verdict.findings)")
        #expect(Self.ofObjects(verdict).map { $0.prefix(4) } == ["E051"], "\(verdict.findings)")
    }

    @Test(arguments: codes)
    func `what was lost before the log was damaged is no news`(code: Finding.Code) async throws {
        let archive = try await Self.archive(code) { try await Change.lose("third", of: $0) }
        let verdict = try Self.look(archive)
        #expect(Self.ofObjects(verdict).map { $0.prefix(4) } == ["E052"], "\(verdict.findings)")
        #expect(verdict.freshlyDamaged == [])
    }
}
