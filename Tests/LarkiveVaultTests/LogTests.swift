import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

@Suite(.scratchDirectory) struct LogTests {
    @Test func `a new archive verifies, and a second one is not made over it`() async throws {
        let archive = try await TestArchive.make()
        #expect(try archive.verify() == [])
        await #expect(throws: VaultError(.exists, "there is an archive in \(archive.path) already"))
        {
            _ = try await TestArchive.make()
        }
    }

    @Test func `what was held is found, verified and rebuilt to the same rows`() async throws {
        let archive = try await TestArchive.make()
        for content in ["one", "two", "one", ""] {
            let vault = try await archive.open()
            try await archive.hold(Array(content.utf8), in: vault)
            try await vault.journal.seal()
            vault.cleanUp()
        }
        #expect(try archive.verify() == [])
        let before = try archive.dump()
        #expect(before.filter { $0.contains(#""table":"object""#) }.count == 3)
        #expect(try Rebuild(at: archive.path, clock: archive.clock).run { _ in } > 0)
        #expect(try archive.dump() == before)
        #expect(try archive.verify() == [])
        var query = FileQuery()
        query.words = ["报价"]
        #expect(try ReadingVault(at: archive.path).manifest.find(query).count == 4)
    }

    @Test func `a second writer is refused by name while the first lives`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .locked)
        #expect(failure?.detail.contains("pid \(getpid())") == true)
        withExtendedLifetime(vault) {}
    }

    @Test func `records of a run that died are sealed and told by the next`() async throws {
        let archive = try await TestArchive.make()
        do {
            let vault = try await archive.open()
            try await archive.hold([1, 2, 3], in: vault)
        }
        #expect(try archive.verify() == [.notSealed])
        let vault = try await archive.open()
        #expect(vault.recovery?.records == 3)
        #expect(try archive.verify() == [])
    }

    @Test func `a long run is sealed whenever two mebibytes have come`() async throws {
        let archive = try await TestArchive.make()
        let before = try archive.segments.count
        let vault = try await archive.open()
        let note = JSON.string(String(repeating: "x", count: 50_000))
        let event = AuditEvent(.verifyFinished, ["ok": true, "objects": 1, "note": note])
        for _ in 0..<12 { try await vault.record(Array(repeating: event, count: 10)) }
        let sealed = try archive.segments.dropFirst(before)
        #expect(sealed.count == 2)
        for name in sealed {
            let packed = try Data(contentsOf: URL(filePath: archive.file("audit/\(name)")))
            let lines = try Gzip.decompress(Array(packed), limit: 8 << 20)
            #expect((2 << 20..<5 << 19).contains(lines.count), "\(lines.count)")
        }
        vault.cleanUp()
    }

    @Test func `a torn tail goes to quarantine and what was whole is kept`() async throws {
        let archive = try await TestArchive.make()
        do {
            let vault = try await archive.open()
            try await archive.hold([1, 2, 3], in: vault)
        }
        let journal = archive.file("audit/open.jsonl")
        let whole = try Data(contentsOf: URL(filePath: journal))
        let torn = Data(#"{"record":{"commit"#.utf8)
        try (whole + torn).write(to: URL(filePath: journal))
        let vault = try await archive.open()
        #expect(vault.recovery?.tornBytes == torn.count)
        let kept = try #require(vault.recovery?.quarantined)
        #expect(try Data(contentsOf: URL(filePath: archive.file("quarantine/\(kept)"))) == torn)
        #expect(try archive.verify() == [])
    }

    @Test func `a manifest that lags behind is rolled forward from the segments`() async throws {
        let archive = try await TestArchive.make()
        let old = try Data(contentsOf: URL(filePath: archive.file("manifest.sqlite")))
        do {
            let vault = try await archive.open()
            try await archive.hold([1, 2, 3], in: vault)
            try await vault.journal.seal()
        }
        let dump = try archive.dump()
        try old.write(to: URL(filePath: archive.file("manifest.sqlite")))
        #expect(try archive.verify() == [.manifestWaits])
        _ = try await archive.open()
        #expect(try archive.dump() == dump)
        try await archive.sync([9])
        try old.write(to: URL(filePath: archive.file("manifest.sqlite")))
        #expect(try archive.verify() == [.manifestBehind])
    }

    @Test func `a journal that is sealed already is dropped`() async throws {
        let archive = try await TestArchive.make()
        var journal = Data()
        do {
            let vault = try await archive.open()
            try await archive.hold([1, 2, 3], in: vault)
            journal = try Data(contentsOf: URL(filePath: archive.file("audit/open.jsonl")))
            try await vault.journal.seal()
        }
        try journal.write(to: URL(filePath: archive.file("audit/open.jsonl")))
        let vault = try await archive.open()
        #expect(vault.recovery == nil)
        #expect(try archive.verify() == [])
    }

    @Test func `a death between segment and tree is healed from the segment`() async throws {
        let archive = try await TestArchive.make()
        let tlog = archive.file("audit/tlog")
        let copy = archive.beside("tlog-before")
        try FileManager.default.copyItem(atPath: tlog, toPath: copy)
        let seen = try Data(contentsOf: URL(filePath: "\(archive.state)/seen"))
        do {
            let vault = try await archive.open()
            try await archive.hold([1, 2, 3], in: vault)
            try await vault.journal.seal()
        }
        try FileManager.default.removeItem(atPath: tlog)
        try FileManager.default.moveItem(atPath: copy, toPath: tlog)
        try seen.write(to: URL(filePath: "\(archive.state)/seen"))
        #expect(try archive.verify() == [.notSealed])
        _ = try await archive.open()
        #expect(try archive.verify() == [])
    }

    @Test func `a note that STATE has and the archive lacks is published again`() async throws {
        let archive = try await TestArchive.make()
        let note = archive.file("audit/tlog/checkpoint")
        let before = try Data(contentsOf: URL(filePath: note))
        do {
            let vault = try await archive.open()
            try await archive.hold([1], in: vault)
            try await vault.journal.seal()
        }
        let after = try Data(contentsOf: URL(filePath: note))
        try before.write(to: URL(filePath: note))
        _ = try await archive.open()
        #expect(try Data(contentsOf: URL(filePath: note)) == after)
    }

    @Test func `an event that no such command sends stays in the inbox`() async throws {
        let archive = try await TestArchive.make()
        let forged =
            #"{"type":"archive.created","time":"2026-03-04T05:06:07.000Z","record":{"sha256":"00"},"private":{}}"#
        try Data(forged.utf8).write(
            to: URL(filePath: archive.file("audit/inbox/0123456789abcdef.json"))
        )
        let size = try await archive.open().journal.size
        #expect(size == 1)
        #expect(Set(try archive.verify()) == [.inboxJunk])
    }

    @Test func `a waiting event becomes one record and no more`() async throws {
        let archive = try await TestArchive.make()
        let event = AuditEvent(.restoreDone, ["count": 1], hidden: ["reason": "ticket 7"])
        try ReadingVault(at: archive.path).note(event, at: archive.clock.now())
        let inbox = archive.file("audit/inbox")
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: inbox).first)
        let entry = try Data(contentsOf: URL(filePath: "\(inbox)/\(name)"))
        do {
            let vault = try await archive.open()
            try await vault.journal.seal()
        }
        // As if the process had died between the record and the removal.
        try entry.write(to: URL(filePath: "\(inbox)/\(name)"))
        do {
            let vault = try await archive.open()
            try await vault.journal.seal()
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: inbox) == [])
        let records = try archive.dump().filter { $0.contains(#""table":"inbox""#) }
        #expect(records.count == 1)
        #expect(try archive.verify() == [])
    }

    @Test func `a clock that goes back is told and changes nothing`() async throws {
        let archive = try await TestArchive.make()
        archive.clock.advance(seconds: -7_200)
        let vault = try await archive.open()
        try await archive.hold([9], in: vault)
        try await vault.journal.seal()
        #expect(try archive.verify() == [])
        var types: [RecordType] = []
        var check = try AuditCheck(at: archive.file("audit"))
        try check.run { types.append($0.event.type) }
        #expect(types.prefix(2) == [.archiveCreated, .clockStepped])
    }
}
