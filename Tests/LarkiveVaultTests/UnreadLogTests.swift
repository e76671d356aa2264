import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What of the log is there and cannot be read: neither believed nor taken for missing.
@Suite(.scratchDirectory) struct UnreadLogTests {
    private static func check(_ archive: TestArchive) throws -> AuditCheck {
        var check = try AuditCheck(ofCopyAt: archive.file("audit"))
        try check.run()
        return check
    }

    private static func names(_ archive: TestArchive, _ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: archive.file(folder)).sorted()
            .map { archive.file("\(folder)/\($0)") }
    }

    @Test(arguments: ["unreadable", "folder", "pipe", "link"])
    func `a journal that cannot be read accuses nobody of a cut`(how: String) async throws {
        let archive = try await FindingFixture.archive()
        try await Change.another(archive, isSealed: false)
        let path = archive.file("audit/open.jsonl")
        let known = try Self.check(archive).size
        try Change.replace(path, with: how)
        var check = try Self.check(archive)
        #expect(check.size < known)
        check.compare(withManifestAt: known - 1)
        #expect(check.findings.map(\.code) == [.logUnread])
        #expect(check.findings.first?.subject == "open.jsonl")
        #expect(check.findings.first?.detail.hasPrefix("cannot be read: ") == true)
        let codes = try archive.verify().filter(\.isError)
        #expect(codes == [.logUnread])
    }

    @Test(arguments: ["unreadable", "folder", "pipe", "link"])
    func `notes that cannot be read are not missing`(how: String) async throws {
        let archive = try await FindingFixture.archive()
        try Change.replace(archive.file("audit/tlog/checkpoint"), with: how)
        #expect(try Self.check(archive).findings.map(\.code) == [.logUnread])
        let kept = try Self.names(archive, "audit/tlog/checkpoints/2026")
        for path in kept { try Change.replace(path, with: how) }
        let codes = try Self.check(archive).findings.map(\.code)
        #expect(Set(codes.filter { $0 != .noNote }) == [.logUnread], "\(codes)")
        #expect(codes.filter { $0 == .logUnread }.count == kept.count + 1)
    }

    @Test(arguments: ["tlog", "tlog/keys", "tlog/checkpoints", "tlog/checkpoints/2026"])
    func `a folder of the tree that cannot be read lacks nothing`(name: String) async throws {
        let archive = try await FindingFixture.archive()
        let path = archive.file("audit/\(name)")
        try FileManager.default.moveItem(atPath: path, toPath: archive.beside("moved"))
        try FileManager.default.createSymbolicLink(
            atPath: path,
            withDestinationPath: archive.beside("moved")
        )
        var check = try AuditCheck(at: archive.file("audit"))
        try check.run(seen: String(contentsOfFile: "\(archive.state)/seen", encoding: .utf8))
        #expect(check.findings.map(\.code) == [.logUnread])
        #expect(check.findings.map(\.subject) == [name])
    }

    @Test func `a tile that cannot be read is not made again`() async throws {
        let archive = try await FindingFixture.archive()
        let tile = try #require(try Self.names(archive, "audit/tlog/tile/0/000.p").first)
        try Change.lease(tile)
        let check = try Self.check(archive)
        #expect(check.findings.map(\.code) == [.logUnread])
        #expect(!check.hasBrokenTiles)
    }

    @Test(arguments: [1, 2])
    func `of two notes over one size each is missed`(which: Int) async throws {
        let archive = try await FindingFixture.archive()
        _ = try await RotationTests.rotate(archive)
        try await archive.sync([8])
        #expect(try archive.verify() == [])
        let change = try #require(try Self.check(archive).changes.first)
        let suffix = which == 1 ? "" : "-2"
        let name = "\((change.seq + 1).padded(12))\(suffix).note"
        let path = archive.file("audit/tlog/checkpoints/2026/\(name)")
        try FileManager.default.removeItem(atPath: path)
        let found = try Self.check(archive).findings
        #expect(found.map(\.code) == [.notesMissing])
        #expect(found.first?.detail.contains("(key \(which))") == true)
    }
}
