import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// Files of the log hold what they must and nothing else; beside them lies nothing.
@Suite(.scratchDirectory) struct ExactLogTests {
    private static let notes = ["tlog/checkpoint", "tlog/checkpoints/2026/*"]

    /// The first file of that name below `audit`.
    private static func path(_ name: String, _ archive: TestArchive) throws -> String {
        guard name.hasSuffix("/*") else { return archive.file("audit/\(name)") }
        let folder = archive.file("audit/\(name.dropLast(2))")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return "\(folder)/\(try #require(names.first))"
    }

    @Test(arguments: notes, ["", "\n", "evil note\n", "no line"])
    func `a note is its signatures and nothing behind them`(
        name: String,
        more: String
    ) async throws {
        let archive = try await FindingFixture.archive()
        try Change.edit(try Self.path(name, archive)) { bytes in
            if more.isEmpty { bytes.removeLast() } else { bytes += Array(more.utf8) }
        }
        let found = try ReadingVault.verdict(of: archive).findings
        #expect(found.map(\.code) == [.noteUnsigned])
        #expect(found.first?.detail.hasPrefix("it is no signed note") == true)
    }

    @Test func `signatures of others are no fault`() async throws {
        let archive = try await FindingFixture.archive()
        for name in Self.notes {
            try Change.edit(try Self.path(name, archive)) {
                $0 += Array("\u{2014} witness.example AAAAAAA=\n".utf8)
            }
        }
        #expect(try archive.verify() == [])
    }

    @Test(arguments: ["", "\n"])
    func `a key file is a key and a line feed`(more: String) async throws {
        let archive = try await FindingFixture.archive()
        try Change.edit(try Self.path("tlog/keys/*", archive)) { bytes in
            if more.isEmpty { bytes.removeLast() } else { bytes += Array(more.utf8) }
        }
        #expect(try archive.verify() == [.keyUnreadable])
    }

    @Test(arguments: [1, 32])
    func `a tile has no byte behind its hashes`(count: Int) async throws {
        let archive = try await FindingFixture.archive()
        try Change.edit(try Self.path("tlog/tile/0/000.p/*", archive)) {
            $0 += [UInt8](repeating: 0, count: count)
        }
        #expect(try archive.verify() == [.tileWrong])
        try await archive.sync([9])
        #expect(try archive.verify() == [])
    }

    @Test(arguments: ["0/001", "0/007.p/3", "0/x001/000", "1/000", "7/000.p/1"])
    func `a tile of records that the log does not have is named, and left to people`(
        name: String
    ) async throws {
        let archive = try await FindingFixture.archive()
        let path = archive.file("audit/tlog/tile/\(name)")
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(),
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try Change.overwrite(path, Data(count: 96))
        let found = try ReadingVault.verdict(of: archive).findings
        #expect(found.map(\.code) == [.tileWrong])
        #expect(found.first?.subject == "tlog/tile/\(name)")
        let vault = try await archive.open()
        let told = try vault.remakeTiles(at: archive.clock.now())
        #expect(
            told == ["tlog/tile is left as it is, the log has other faults: larkive audit verify"]
        )
        vault.cleanUp()
    }

    @Test(
        arguments: [
            "evil", "checkpoints/evil", "checkpoints/2026/evil", "checkpoints/2026/12.note",
            "keys/evil", "tile/evil", "tile/8", "tile/0/evil", "tile/0/000.p/evil", "tile/0/x1",
        ],
        ["file", "folder", "link", "pipe"]
    )
    func `what does not belong into the tree's folder is named`(
        name: String,
        kind: String
    ) async throws {
        let archive = try await FindingFixture.archive()
        let path = archive.file("audit/tlog/\(name)")
        try Change.overwrite(path, Data())
        if kind != "file" { try Change.replace(path, with: kind) }
        if kind == "link" { try FileManager.default.removeItem(atPath: "\(path).moved") }
        let codes = try archive.verify()
        // A name that ends like a note's is read as one.
        #expect(codes.contains(.fileExtra))
        if !name.hasSuffix(".note") { #expect(codes == [.fileExtra]) }
        var check = try AuditCheck(ofCopyAt: archive.file("audit"))
        try check.run()
        check.checkNames()
        let extra = check.findings.filter { $0.code == .fileExtra }
        #expect(extra.map(\.subject) == ["tlog/\(name)"])
    }

    @Test(
        arguments: [
            "tlog/checkpoint", "tlog/checkpoints/2026/*", "tlog/keys/*", "tlog/tile/0/000.p/*",
        ]
    )
    func `files of the tree are closed, and have one name`(name: String) async throws {
        let archive = try await FindingFixture.archive()
        let path = try Self.path(name, archive)
        try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: path)
        #expect(try archive.verify() == [.fileMode])
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try FileManager.default.linkItem(atPath: path, toPath: archive.beside("second"))
        #expect(try archive.verify() == [.fileForeign])
    }

    @Test(arguments: ["checkpoints", "checkpoints/2026", "keys", "tile", "tile/0", "tile/0/000.p"])
    func `folders of the tree are closed`(name: String) async throws {
        let archive = try await FindingFixture.archive()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o750],
            ofItemAtPath: archive.file("audit/tlog/\(name)")
        )
        #expect(try archive.verify() == [.folderMode])
    }

    @Test(
        .enabled(if: geteuid() == 0, "only root can give files away"),
        arguments: [
            "larkive.json", "manifest.sqlite", "audit/open.jsonl", "audit/tlog/checkpoint",
            "audit/tlog", "audit/tlog/tile/0",
        ]
    )
    func `what belongs to somebody else is named`(name: String) async throws {
        let archive = try await FindingFixture.archive()
        try #require(chown(archive.file(name), 1, 1) == 0)
        #expect(try archive.verify() == [.fileForeign])
        await #expect(throws: VaultError.self) { _ = try await archive.open() }
    }

    @Test(arguments: ["folder", "pipe", "link"])
    func `a key in STATE that is no file is named before a run is refused`(
        kind: String
    ) async throws {
        let archive = try await FindingFixture.archive()
        try Change.replace("\(archive.state)/key", with: kind)
        #expect(try archive.verify() == [.stateKey])
        await #expect(throws: (any Error).self) { _ = try await archive.open() }
    }

    @Test func `a STATE that others may write to is named before a run is refused`() async throws {
        let archive = try await FindingFixture.archive()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o777],
            ofItemAtPath: archive.state
        )
        #expect(try archive.verify() == [.stateKey])
        await #expect(throws: VaultError.self) { _ = try await archive.open() }
    }
}
