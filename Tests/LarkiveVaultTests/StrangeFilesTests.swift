import Foundation
import GRDB
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What lies in an archive that should not, or lies there no more, and what runs make of it.
@Suite(.scratchDirectory) struct StrangeFilesTests {
    private static func make(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    private static func pipe(_ path: String) throws {
        try? FileManager.default.removeItem(atPath: path)
        try #require(mkfifo(path, 0o600) == 0)
    }

    private static func look(_ archive: TestArchive) throws -> [Finding.Code] {
        try Verifier(at: archive.path, state: archive.state, clock: archive.clock)
            .run(VerifyRequest(readsData: false)).findings.map(\.code)
    }

    private static func damaged(_ archive: TestArchive) throws -> Int64 {
        try ReadingVault(at: archive.path).manifest.inDatabase { db in
            try Int64.fetchOne(db, sql: "SELECT count(*) FROM object WHERE damaged NOT NULL") ?? 0
        }
    }

    @Test func `objects that are lost with their folder are missed by the next run and by verify`()
        async throws
    {
        let archive = try await RestartTests.made(3)
        let name = ContentDigest.of([1]).hex.prefix(2)
        try RestartTests.remove(archive.file("objects/\(name)"))
        #expect(Set(try archive.verify()) == [.folderMissing, .objectMissing])
        try await archive.sync([9])
        #expect(try Self.damaged(archive) == 1)
        #expect(try archive.verify() == [.objectMissing])
    }

    @Test func `objects that are lost with all folders are missed by the next run`() async throws {
        let archive = try await RestartTests.made(3)
        try RestartTests.remove(archive.file("objects"))
        try Self.make(archive.file("objects"))
        try await archive.sync([9])
        #expect(try Self.damaged(archive) == 3)
        try await archive.sync([10])
        #expect(try Self.damaged(archive) == 3)
    }

    @Test(arguments: [
        ("state/seen", VaultError.Kind.keyMissing), ("state/key", .keyMissing),
        ("archive/audit/tlog/tile", .refused), ("archive/audit/tlog/checkpoint", .refused),
    ])
    func `a link in the place of a part of the log ends a run by name, with what to do`(
        name: String,
        kind: VaultError.Kind
    ) async throws {
        let archive = try await RestartTests.made(2)
        let path = archive.beside(name)
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).moved")
        try FileManager.default.createSymbolicLink(
            atPath: path,
            withDestinationPath: "\(path).moved"
        )
        let failure = try #require(
            await #expect(throws: VaultError.self) { try await archive.sync([9]) }
        )
        #expect(failure.kind == kind, "\(failure)")
        #expect(failure.detail.contains("\(path) is a symbolic link"), "\(failure)")
        let words = "\(failure.detail) \(failure.hint ?? "")"
        #expect(words.contains("put what it leads to in its place"), "\(words)")
    }

    @Test(arguments: [#"{}"#, #"{"sha256":"zz"}"#])
    func `a waiting event that says too little stays, and is named`(record: String) async throws {
        let archive = try await RestartTests.made(1)
        let text =
            #"{"type":"object.damaged","time":"2026-11-21T10:00:00.000Z","record":\#(record),"#
            + #""private":{}}"#
        try Data(text.utf8).write(
            to: URL(filePath: archive.file("audit/inbox/0123456789abcdef.json"))
        )
        try await archive.sync([9])
        #expect(try archive.verify() == [.inboxJunk])
    }

    @Test func `a file with a number that no segment comes to stops nothing`() async throws {
        let archive = try await RestartTests.made(1)
        try Self.make(archive.file("audit/2026/01"))
        try Data().write(
            to: URL(filePath: archive.file("audit/2026/01/9223372036854775807.jsonl.gz"))
        )
        try await archive.sync([9])
    }

    @Test(arguments: ["folder", "pipe"])
    func `what is no file takes no key from the others`(kind: String) async throws {
        let archive = try await RestartTests.made(1)
        let path = archive.file("audit/tlog/keys/9-aaaaaaaa.vkey")
        if kind == "pipe" { try Self.pipe(path) } else { try Self.make(path) }
        #expect(try archive.verify() == [.keyUnreadable])
        try await archive.sync([9])
        #expect(try archive.verify() == [.keyUnreadable])
    }

    @Test(arguments: ["manifest.sqlite", "manifest.sqlite-journal"])
    func `a pipe in the place of the manifest holds nobody up`(name: String) async throws {
        let archive = try await RestartTests.made(1)
        try Self.pipe(archive.file(name))
        #expect(throws: VaultError.self) { _ = try ReadingVault(at: archive.path) }
        #expect(try Self.look(archive).contains { $0.isError })
    }

    @Test func `a folder in staging goes to quarantine`() async throws {
        let archive = try await RestartTests.made(1)
        let longest = String(repeating: "x", count: 255)
        try Self.make(archive.file("staging/\(longest)/y"))
        try await archive.sync([9])
        let kept = try FileManager.default.contentsOfDirectory(atPath: archive.file("quarantine"))
        #expect(kept.count == 1 && kept[0].hasPrefix("staging."))
    }

    @Test func `changes that another program has left beside the manifest are not taken in`()
        async throws
    {
        let archive = try await RestartTests.made(2)
        let dump = try archive.dump()
        let copy = archive.beside("copy.sqlite")
        try FileManager.default.copyItem(atPath: archive.file("manifest.sqlite"), toPath: copy)
        let script =
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; "
            + "UPDATE version SET name = 'forged';"
        // Killed, or closing would take the changes into the file.
        let child = try Child(
            "/bin/sh",
            ["-c", "(echo \"\(script)\"; echo '.shell kill -9 $PPID') | sqlite3 '\(copy)'"]
        )
        _ = child.wait()
        try #require(FileManager.default.fileExists(atPath: "\(copy)-wal"))
        for ending in ["-wal", "-shm"] {
            try FileManager.default.copyItem(
                atPath: copy + ending,
                toPath: archive.file("manifest.sqlite\(ending)")
            )
        }
        #expect(throws: VaultError.self) { _ = try ReadingVault(at: archive.path) }
        #expect(try Self.look(archive).contains(.manifestNotRead))
        try RestartTests.remove(archive.file("manifest.sqlite"))
        _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        #expect(try archive.dump() == dump)
        #expect(try archive.verify() == [])
    }

    @Test(arguments: ["removed", "replaced"])
    func `a run whose lock file was taken away still has the archive`(how: String) async throws {
        let archive = try await RestartTests.made(1)
        let vault = try await archive.open()
        try RestartTests.remove(archive.file("lock"))
        if how == "replaced" { try Data().write(to: URL(filePath: archive.file("lock"))) }
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .locked)
        try await archive.hold([9], in: vault)
        try await vault.journal.seal()
        vault.cleanUp()
    }

    @Test func `another archive's log is neither restarted nor made a manifest of`() async throws {
        let archive = try await RestartTests.made(2)
        let other = try await archive.another()
        let right = archive.beside("right")
        try FileManager.default.moveItem(atPath: archive.file("audit"), toPath: right)
        try FileManager.default.copyItem(atPath: other.file("audit"), toPath: archive.file("audit"))
        await #expect(throws: VaultError.otherIdentity) {
            _ = try await RestartTests.restart(archive, force: true)
        }
        #expect(throws: VaultError.otherIdentity) {
            _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        }
        try RestartTests.remove(archive.file("audit"))
        try FileManager.default.moveItem(atPath: right, toPath: archive.file("audit"))
        try await archive.sync([9])
        #expect(try archive.verify() == [])
    }
}
