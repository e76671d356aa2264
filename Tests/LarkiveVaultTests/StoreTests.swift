import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

@Suite(.scratchDirectory) struct StoreTests {
    static func stage(_ content: String, in vault: Vault) async throws -> Staged {
        let scratch = try vault.objects.open(expecting: nil)
        try await scratch.append(Array("forgotten".utf8))
        try await scratch.restart()
        for byte in content.utf8 { try await scratch.append([byte]) }
        return try await scratch.finish()
    }

    @Test func `bytes land once, read-only, under their digest`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        var group: [Staged] = []
        for content in ["abc", "abc", "", "xyz"] {
            group.append(try await Self.stage(content, in: vault))
        }
        let fresh = try await vault.objects.publish(group)
        #expect(fresh.added.count == 3)
        let name = "ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let path = archive.file("objects/\(name)")
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("abc".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o400)
        let again = try await vault.objects.publish([try await Self.stage("abc", in: vault)])
        #expect(again.added.isEmpty && again.replaced.isEmpty)
    }

    @Test func `a discarded scratch leaves nothing`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        let scratch = try vault.objects.open(expecting: 10)
        try await scratch.append([1, 2, 3])
        await scratch.discard()
        vault.cleanUp()
        #expect(try FileManager.default.contentsOfDirectory(atPath: archive.file("staging")) == [])
        await #expect(throws: StoreError(.io, "a discarded scratch was used")) {
            try await scratch.append([4])
        }
    }

    @Test func `an object with other bytes is kept aside and replaced`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        _ = try await vault.objects.publish([try await Self.stage("abc", in: vault)])
        let digest = try #require(
            ContentDigest(hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        )
        let path = archive.file("objects/ba/\(digest.hex)")
        try FileManager.default.removeItem(atPath: path)
        try Data("abX".utf8).write(to: URL(filePath: path))
        let published = try await vault.objects.publish([try await Self.stage("abc", in: vault)])
        let kept = Published.Replaced(digest: digest, kept: "\(digest.hex).1")
        #expect(published == Published(added: [], replaced: [kept]))
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("abc".utf8))
        let aside = archive.file("quarantine/\(kept.kept)")
        #expect(try Data(contentsOf: URL(filePath: aside)) == Data("abX".utf8))
    }

    /// A store on whose file system a file cannot be without a name.
    @Test func `without unnamed files a made-up name is used, and goes`() async throws {
        let archive = try await TestArchive.make()
        let root = try Directory.open(archive.path)
        let staging = try root.directory("staging")
        let store = try DiskObjectStore(
            objects: try root.directory("objects"),
            staging: staging,
            quarantine: try root.directory("quarantine"),
            form: .named
        )
        let (kept, dropped) = (try store.open(expecting: 3), try store.open(expecting: nil))
        #expect(try staging.names().count == 2)
        try await kept.append(Array("abc".utf8))
        await dropped.discard()
        let staged = try await kept.finish()
        #expect(try await store.publish([staged]).added == [staged.digest])
        #expect(try staging.names() == [])
        let found = try #require(try store.file(of: staged.digest))
        #expect(try found.readAll() == Array("abc".utf8))
        let path = archive.file("objects/ba/\(staged.digest.hex)")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.referenceCount] as? Int == 1)
        #expect(try found.mode() == 0o400)
    }

    @Test func `where a file can have one name only it is renamed, never over another`()
        async throws
    {
        let archive = try await TestArchive.make()
        let staging = try Directory.open(archive.path).directory("staging")
        for (content, isNew) in [("one", true), ("two", false)] {
            let fresh = try FreshFile(in: staging, .named)
            try fresh.file.write(Array(content.utf8))
            #expect(try fresh.rename(in: staging, as: "name") == isNew)
        }
        #expect(try staging.names() == ["name"])
        #expect(try staging.contents("name") == Array("one".utf8))
    }

    @Test(arguments: [
        ("5.7.0", 64, VaultRules.Barrier.auto, false), ("5.8.0-1", 64, .auto, true),
        ("6.1.0-28-amd64", 7, .auto, false), ("6.1", 8, .auto, true),
        ("4.19.0", 64, .syncfs, false),
        ("6.18.44", 1, .syncfs, true), ("6.18.44", 64, .fsync, false), ("", 64, .syncfs, false),
    ])
    func `one flush for all is used where the kernel tells its errors`(
        kernel: String,
        count: Int,
        barrier: VaultRules.Barrier,
        isOne: Bool
    ) {
        #expect(Barriers(barrier, kernel: kernel).isOneFlush(for: count) == isOne)
    }

    @Test func `the first error of the disk is the last word of the store`() async throws {
        let archive = try await TestArchive.make()
        let disk = DiskRoom(try Directory.open(archive.path).directory("staging"))
        let broken = DiskError(call: "fsync", path: "x", errno: EIO)
        let failure = #expect(throws: StoreError.self) { try disk.attempt { throw broken } }
        #expect(failure?.kind == .io)
        #expect(throws: failure ?? StoreError(.io, "")) { try disk.attempt {} }
        #expect(throws: failure ?? StoreError(.io, "")) {
            _ = try ScratchFile(on: disk, .unnamed, expecting: nil)
        }
    }

    @Test(arguments: [ENOSPC, EDQUOT, EFBIG])
    func `want of room has the figures, and ends no more than itself`(errno: Int32) async throws {
        let archive = try await TestArchive.make()
        let disk = DiskRoom(try Directory.open(archive.path).directory("staging"))
        let full = DiskError(call: "write", path: "x", errno: errno)
        let failure = #expect(throws: StoreError.self) { try disk.attempt { throw full } }
        #expect(failure?.kind == .noSpace)
        for words in ["bytes free", "wanted", "kept for the audit log"] {
            #expect(failure?.detail.contains(words) == true)
        }
        try disk.attempt {}
    }

    @Test(arguments: [
        (EIO, StoreError.Kind.io), (EROFS, .notWritable), (EACCES, .notWritable), (EMFILE, .io),
        (ENFILE, .io), (ENOMEM, .io), (ENOSPC, .noSpace),
    ])
    func `each error of the disk has its kind`(errno: Int32, kind: StoreError.Kind) {
        let failure = DiskError(call: "open", path: "x", errno: errno)
        #expect(failure.asStoreError.kind == kind)
        #expect(!failure.isMissing)
        #expect(VaultError(failure).kind == (errno == ENOSPC ? .noSpace : .notWritable))
    }

    @Test func `more than there is room for is refused with the figures`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        let failure = #expect(throws: StoreError.self) {
            try vault.objects.open(expecting: 1 << 60)
        }
        #expect(failure?.kind == .noSpace)
    }

    /// Tables are compared byte for byte, and so are views and triggers.
    @Test(arguments: [
        (
            "UPDATE version SET digest = (SELECT max(digest) FROM object) WHERE attachment = 1",
            Finding.Code.manifestDiffers
        ), ("DROP VIEW files", .manifestSchema),
        ("CREATE VIEW searchable AS SELECT 1", .manifestSchema),
        ("CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM ledger; END", .manifestSchema),
    ])
    func `a manifest that says something else is found`(
        sql: String,
        code: Finding.Code
    ) async throws {
        let archive = try await TestArchive.make()
        do {
            let vault = try await archive.open()
            try await archive.hold(Array("abc".utf8), in: vault)
            try await archive.hold(Array("other".utf8), in: vault)
            try await vault.journal.seal()
            vault.cleanUp()
        }
        try Change.sqlite(archive, sql)
        #expect(try archive.verify() == [code])
    }
}
