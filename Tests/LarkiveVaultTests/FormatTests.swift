import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// `Fixtures/format-1` was written once and stays: every later version must read it.
@Suite(.scratchDirectory) struct FormatTests {
    private static var fixture: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/format-1")
    }

    private static func unpack() throws -> String {
        let path = "\(ScratchDirectory.path)/golden"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let archive = fixture.appending(path: "archive.tar.gz").path
        let child = try Child(
            "/usr/bin/env",
            ["tar", "--no-same-owner", "-xpzf", archive, "-C", path]
        )
        try #require(child.wait().code == 0)
        return path
    }

    private static func dump(_ path: String) throws -> String {
        var text = ""
        try ReadingVault(at: path).manifest.dump { text += JSONWriter.text(of: $0) + "\n" }
        return text
    }

    @Test func `an archive of format 1 verifies and says what it said`() throws {
        let path = try Self.unpack()
        let verdict = try ReadingVault(at: path).verify(readingData: true, state: nil)
        // The lock is of the machine, not of the archive.
        #expect(verdict.findings.map(\.code) == [.lockMissing])
        #expect((verdict.objects, verdict.attachments, verdict.auditRecords) == (6, 11, 37))
        let expected = try String(
            contentsOf: Self.fixture.appending(path: "dump.jsonl"),
            encoding: .utf8
        )
        #expect(try Self.dump(path) == expected)
    }

    @Test func `its manifest is rebuilt from the log to the same bytes`() throws {
        let path = try Self.unpack()
        try FileManager.default.removeItem(atPath: "\(path)/manifest.sqlite")
        #expect(try Rebuild(at: path, clock: ManualClock()).run { _ in } == 37)
        let expected = try String(
            contentsOf: Self.fixture.appending(path: "dump.jsonl"),
            encoding: .utf8
        )
        #expect(try Self.dump(path) == expected)
    }
}
