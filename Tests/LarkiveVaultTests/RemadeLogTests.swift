import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What of a log can be made again from what is signed, and what cannot.
@Suite(.scratchDirectory) struct RemadeLogTests {
    @Test(arguments: ["lost", "wrong", "short"])
    func `tiles are made again under the signed root`(what: String) async throws {
        let archive = try await RestartTests.made(2)
        let tiles = archive.file("audit/tlog/tile")
        let file = "\(tiles)/0/000.p/6"
        switch what {
        case "lost": try RestartTests.remove(tiles)
        case "short": try Change.edit(file) { $0.removeLast(32) }
        default: try Change.edit(file) { $0[40] ^= 1 }
        }
        #expect(try archive.verify() == [.tileWrong])
        do {
            let vault = try await archive.open()
            #expect(vault.remarks == [LogTiles.remade])
            vault.cleanUp()
        }
        #expect(try archive.verify() == [])
        try await archive.sync([99])
        #expect(try archive.verify() == [])
    }

    @Test func `many segments give the tiles that one record after the other gave`() async throws {
        let archive = try await RestartTests.made(5)
        let tiles = archive.file("audit/tlog/tile")
        let before = try Self.bytes(under: tiles)
        try #require(try archive.segments.count > 3)
        try RestartTests.remove(tiles)
        let layout = try Layout.open(archive.path)
        _ = try FreshTiles(
            from: Segments(audit: layout.audit),
            in: layout.quarantine,
            at: archive.clock.now()
        ).takeOver(in: try layout.audit.directory("tlog"))
        #expect(try Self.bytes(under: tiles) == before)
    }

    private static func bytes(under folder: String) throws -> [String: Data] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder)
        let pairs = paths.compactMap { path in
            (try? Data(contentsOf: URL(filePath: "\(folder)/\(path)"))).map { (path, $0) }
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    @Test func `tiles that cannot be made again leave nothing behind`() async throws {
        let archive = try await RestartTests.made(2)
        let layout = try Layout.open(archive.path)
        let segments = Segments(audit: layout.audit)
        let name = try #require(try segments.all().last)
        try Change.overwrite(archive.file("audit/\(name.path)"), Data("x".utf8))
        #expect(throws: AuditError.self) {
            _ = try FreshTiles(from: segments, in: layout.quarantine, at: archive.clock.now())
        }
        #expect(try layout.quarantine.names() == [])
        #expect(try layout.audit.directory("tlog").look(at: "tile") != nil)
    }

    @Test func `tiles that no run reads are made again by a repair`() async throws {
        let archive = try await RestartTests.made(1)
        do {
            let vault = try await archive.open()
            let event = AuditEvent(.clockStepped, ["back_ms": 1])
            try await vault.record(Array(repeating: event, count: 300))
            try await vault.journal.seal()
            vault.cleanUp()
        }
        try Change.edit(archive.file("audit/tlog/tile/0/000")) { $0[40] ^= 1 }
        #expect(try archive.verify() == [.tileWrong])
        let vault = try await archive.open()
        #expect(vault.remarks == [])
        #expect(try vault.remakeTiles(at: archive.clock.now()) == [LogTiles.remade])
        #expect(try vault.remakeTiles(at: archive.clock.now()) == [])
        try await archive.hold([99], in: vault)
        try await vault.journal.seal()
        vault.cleanUp()
        #expect(try archive.verify() == [])
    }

    @Test func `tiles are not made again from records that were changed`() async throws {
        let archive = try await RestartTests.made(2)
        try Change.lines(of: 1, in: archive) { lines in
            lines = lines.map { $0.replacing("\"via\":\"link\"", with: "\"via\":\"lynk\"") }
        }
        try RestartTests.remove(archive.file("audit/tlog/tile"))
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .auditDamaged)
        #expect(!FileManager.default.fileExists(atPath: archive.file("audit/tlog/tile")))
    }

    @Test(arguments: ["folder", "file", "damaged"])
    func `a lost key file is made again from the key in STATE`(what: String) async throws {
        let archive = try await RestartTests.made(2)
        let keys = archive.file("audit/tlog/keys")
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: keys).first)
        switch what {
        case "folder": try RestartTests.remove(keys)
        case "file": try RestartTests.remove("\(keys)/\(name)")
        default: try Change.overwrite("\(keys)/\(name)", Data("x".utf8))
        }
        #expect(Set(try archive.verify()) == [.keyUnreadable])
        do {
            let vault = try await archive.open()
            #expect(vault.remarks.first?.hasPrefix("tlog/keys/\(name) was missing") == true)
            vault.cleanUp()
        }
        #expect(try archive.verify() == [])
    }

    @Test func `a key is not put back beside another one of its number`() async throws {
        let archive = try await RestartTests.made(2)
        let keys = archive.file("audit/tlog/keys")
        try RestartTests.remove(keys)
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
        let other = SigningKey.made()
            .verifier(for: "larkive/00000000-0000-4000-8000-000000000000/1")
        try Data("\(other)\n".utf8).write(to: URL(filePath: "\(keys)/\(other.fileName)"))
        #expect(try archive.verify().contains(.keyForeign))
        await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: keys) == [other.fileName])
    }

    @Test func `an archive from before a change of keys is older than STATE`() async throws {
        let archive = try await RestartTests.made(2)
        let copy = archive.beside("backup")
        try FileManager.default.copyItem(atPath: archive.path, toPath: copy)
        _ = try await RotationTests.rotate(archive)
        try RestartTests.remove(archive.path)
        try FileManager.default.moveItem(atPath: copy, toPath: archive.path)
        #expect(try archive.verify() == [.rolledBack])
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .rolledBack)
        #expect(failure?.detail.contains("older than STATE") == true)
        #expect(try await RestartTests.restart(archive).key.name.hasSuffix("/3"))
    }

    @Test func `the first key that is lost after a change of keys is named once`() async throws {
        let archive = try await RestartTests.made(2)
        _ = try await RotationTests.rotate(archive)
        let keys = archive.file("audit/tlog/keys")
        let names = try FileManager.default.contentsOfDirectory(atPath: keys).sorted()
        try RestartTests.remove("\(keys)/\(names[0])")
        let findings = try ReadingVault.verdict(of: archive).findings
            .filter { $0.code != .stagingLeft }
        #expect(findings.map(\.code) == [.noteUnsigned])
        let detail = try #require(findings.first?.detail)
        #expect(detail.contains("/1 is missing, or cannot be read; put its file back"))
    }

    @Test func `a key in STATE that is not the archive's is named before a run is refused`()
        async throws
    {
        let archive = try await RestartTests.made(1)
        try archive.keepSecret(Data(SigningKey.made().file.reveal()), "key")
        #expect(try archive.verify() == [.stateKey])
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .keyMissing)
    }

    @Test func `lines of one segment that are none are one finding, in words`() async throws {
        let archive = try await RestartTests.made(2)
        try Change.lines(of: 1, in: archive) { lines in
            lines = lines.map { $0.replacing("\"type\"", with: "\"tipe\"") }
        }
        let findings = try ReadingVault.verdict(of: archive).findings
            .filter { $0.code == .lineInvalid }
        #expect(findings.count == 1)
        let detail = try #require(findings.first?.detail)
        #expect(detail.hasPrefix("3 lines are none of the log; the last: it "), "\(detail)")
        #expect(findings.first?.facts["records"] == [1, 3])
    }

    @Test func `a log whose folder is gone is a damaged one`() async throws {
        let archive = try await RestartTests.made(1)
        try RestartTests.remove(archive.file("audit"))
        let failure = #expect(throws: VaultError.self) {
            _ = try AuditCheck(at: archive.file("audit"))
        }
        #expect(failure?.kind == .auditDamaged)
    }

    @Test(arguments: ["nothing", "archive", "folder"])
    func `a copy that is no log is told as such`(what: String) async throws {
        let archive = try await RestartTests.made(1)
        let paths = [
            "nothing": archive.beside("none"), "archive": archive.path,
            "folder": archive.file("objects"),
        ]
        let failure = try #require(
            throws: VaultError.self,
            performing: { _ = try AuditCheck(ofCopyAt: try #require(paths[what])) }
        )
        #expect(failure.kind == .noArchive)
        #expect(failure.hint?.contains("/audit") == (what == "archive"))
        _ = try AuditCheck(ofCopyAt: archive.file("audit"))
    }
}
