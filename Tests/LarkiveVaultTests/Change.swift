import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// Ways to change an archive behind its back.
enum Change {
    /// Replaces a file by another of mode 0400.
    static func rewrite(_ path: String, _ content: String) throws {
        try overwrite(path, Data(content.utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
    }

    static func overwrite(_ path: String, _ bytes: Data) throws {
        try? FileManager.default.removeItem(atPath: path)
        try bytes.write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    /// Changes bytes in place.
    static func edit(_ path: String, _ change: (inout [UInt8]) throws -> Void) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        try change(&bytes)
        try overwrite(path, Data(bytes))
    }

    /// Changes the lines of a sealed segment.
    static func lines(
        of segment: Int,
        in archive: TestArchive,
        _ change: (inout [String]) -> Void
    ) throws {
        try edit(archive.file("audit/" + (try archive.segments[segment]))) { bytes in
            let text = String(decoding: try Gzip.decompress(bytes), as: UTF8.self)
            var lines = text.split(separator: "\n").map(String.init)
            change(&lines)
            bytes = try Gzip.compress(Array((lines.joined(separator: "\n") + "\n").utf8))
        }
    }

    static func sqlite(_ archive: TestArchive, _ sql: String) throws {
        let child = try Child("/usr/bin/env", ["sqlite3", archive.file("manifest.sqlite"), sql])
        let ended = child.wait()
        #expect(ended.code == 0, "\(String(decoding: ended.errors, as: UTF8.self))")
    }

    /// Fills an index from another column, then says that it was made of its own.
    static let wrongIndex = """
        PRAGMA writable_schema = ON;
        UPDATE sqlite_master SET sql = replace(sql, '(digest)', '(name)')
            WHERE name = 'version_digest';
        PRAGMA writable_schema = RESET;
        REINDEX version_digest;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_master SET sql = replace(sql, '(name)', '(digest)')
            WHERE name = 'version_digest';
        PRAGMA writable_schema = RESET;
        """

    /// A lease of another program: whoever opens the file is told to come again later.
    static func lease(_ path: String) throws {
        signal(SIGIO, SIG_IGN)
        let file = open(path, O_RDWR | O_CLOEXEC)
        try #require(file >= 0)
        // Left open until the tests end; the file is in a scratch directory.
        try #require(fcntl(file, 1024, 1) == 0, "F_SETLEASE")
    }

    /// Makes a file one that cannot be read, or puts something else in its place.
    static func replace(_ path: String, with how: String) throws {
        if how == "unreadable" { return try lease(path) }
        let bytes = try Data(contentsOf: URL(filePath: path))
        try FileManager.default.removeItem(atPath: path)
        switch how {
        case "pipe": try #require(mkfifo(path, 0o600) == 0)
        case "link":
            try overwrite("\(path).moved", bytes)
            try FileManager.default.createSymbolicLink(
                atPath: path,
                withDestinationPath: "\(path).moved"
            )
        default:
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        }
    }

    static func another(_ archive: TestArchive, isSealed: Bool) async throws {
        let vault = try await archive.open()
        try await archive.hold(Array("another".utf8), in: vault)
        if isSealed { try await vault.journal.seal() }
        vault.cleanUp()
    }

    static func record(
        _ type: RecordType,
        _ content: String = "abc",
        in archive: TestArchive
    ) async throws {
        let vault = try await archive.open()
        let digest = ContentDigest.of(Array(content.utf8))
        var record: JSONObject = ["sha256": .string(digest.hex)]
        if type == .objectLost {
            record.append("reason", "lost")
            record.append("attempts", 1)
            record.append("next_try", .string(archive.clock.now().description))
        }
        try await vault.record([AuditEvent(type, record)])
        try await vault.journal.seal()
        vault.cleanUp()
    }

    static func lose(_ content: String, of archive: TestArchive) async throws {
        try FileManager.default.removeItem(atPath: archive.object(content))
        try await record(.objectDamaged, content, in: archive)
        try await record(.objectLost, content, in: archive)
    }
}
