import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// `Fixtures/format-1-whole` has one of everything that an archive and its STATE can hold.
///
/// Versions, tombstones, a ledger, an accepted item, a lost and an accepted object, an event that
/// waits in the inbox, verified ranges, a rotated key and a restart. Its keys sign nothing else.
@Suite(.scratchDirectory) struct WholeArchiveTests {
    private static var fixture: URL {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/format-1-whole")
    }

    /// The archive packs modes as well, which a checkout would not keep.
    private static func unpack() throws -> TestArchive {
        let path = ScratchDirectory.path
        let packed = fixture.appending(path: "archive.tar.gz").path
        let child = try Child(
            "/usr/bin/env",
            ["tar", "--no-same-owner", "-xpzf", packed, "-C", path]
        )
        try #require(child.wait().code == 0)
        return TestArchive(path: "\(path)/archive", state: "\(path)/state", clock: ManualClock())
    }

    private static func expected() throws -> [String] {
        let url = fixture.appending(path: "dump.jsonl")
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// The lock is of the machine, not of the archive.
    private static let findings: [Finding.Code] = [
        .lockMissing, .quarantined, .logRestarted, .objectLost, .lossAccepted,
    ]

    @Test func `it verifies to exactly what it has, and says what it said`() throws {
        let archive = try Self.unpack()
        let verdict = try ReadingVault.verdict(of: archive)
        #expect(verdict.findings.map(\.code) == Self.findings)
        #expect(verdict.exitCode == .damaged)
        #expect((verdict.objects, verdict.attachments, verdict.auditRecords) == (7, 11, 46))
        #expect(try archive.dump() == Self.expected())
    }

    @Test func `its manifest is rebuilt from the log to the same bytes`() throws {
        let archive = try Self.unpack()
        try FileManager.default.removeItem(atPath: archive.file("manifest.sqlite"))
        #expect(try Rebuild(at: archive.path, clock: ManualClock()).run { _ in } == 46)
        #expect(try archive.dump() == Self.expected())
    }

    @Test func `a run goes on with it, and takes in what waits`() async throws {
        let archive = try Self.unpack()
        let inbox = archive.file("audit/inbox")
        #expect(try FileManager.default.contentsOfDirectory(atPath: inbox).count == 1)
        try await archive.sync([1, 2, 3])
        #expect(try FileManager.default.contentsOfDirectory(atPath: inbox) == [])
        let left = Self.findings.filter { $0 != .lockMissing && $0 != .quarantined }
        #expect(try archive.verify() == left)
    }
}
