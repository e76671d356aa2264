import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// Attacks on copies of a log, with and without what somebody kept elsewhere.
@Suite(.scratchDirectory) struct AuditAttackTests {
    private static func errors(_ check: AuditCheck) -> [Finding.Code] {
        check.findings.map(\.code).filter(\.isError)
    }

    private static func records(_ check: AuditCheck) -> JSON? {
        check.findings.first { $0.code.isError }?.facts["records"]
    }

    @Test func `an untouched log is covered by the note from outside`() async throws {
        let scene = try await AuditScene.make()
        let check = try scene.verify(outside: true)
        #expect(check.findings == [])
        #expect(check.covered?.size == check.size)
        #expect(check.signedBy == scene.key.description)
        #expect(!check.notExcluded.contains { $0.hasPrefix("foreign key") })
        let alone = try scene.verify(outside: false)
        #expect(alone.findings == [])
        #expect(
            alone.notExcluded.map { $0.prefix { $0 != ":" } }
                == ["cut-off tail", "older copy", "rewriting", "foreign key"]
        )
    }

    @Test(arguments: [true, false])
    func `an edited byte is named by record and time`(outside: Bool) async throws {
        let scene = try await AuditScene.make()
        try scene.rewrite(1) { plain in
            let text = String(decoding: plain, as: UTF8.self)
            return Array(text.replacing("报价单", with: "保价单").utf8)
        }
        let check = try scene.verify(outside: outside)
        #expect(Self.errors(check) == [.lineInvalid])
        #expect(Self.records(check) == [2, 2])
        let finding = try #require(check.findings.first)
        #expect(finding.facts["from"]?.string?.hasPrefix("2026-03-04T05:06:08") == true)
        #expect(finding.facts["to"]?.string?.hasPrefix("2026-03-04T05:06:08") == true)
        #expect(finding.detail.contains("record 2, after 2026-"))
    }

    @Test(arguments: [true, false])
    func `a segment from the middle is missed, with its records`(outside: Bool) async throws {
        let scene = try await AuditScene.make()
        let path = scene.archive.file("audit/" + (try scene.archive.segments[1]))
        try FileManager.default.removeItem(atPath: path)
        let check = try scene.verify(outside: outside)
        #expect(Self.errors(check) == [.segmentMissing])
        #expect(Self.records(check) == [1, 3])
        #expect(check.findings.first?.facts["to"]?.string?.hasPrefix("2026-03-04T05:06:09") == true)
    }

    @Test func `a record that was made anew does not follow`() async throws {
        let scene = try await AuditScene.make()
        try scene.rewrite(1) { plain in
            guard let lines = try? Lines(plain).map({ try AuditLine(reading: Array($0)) }),
                let line = try? AuditLine(
                    AuditRecord(
                        seq: 2,
                        time: lines[1].record.time,
                        run: lines[1].record.run,
                        event: AuditEvent(.clockStepped, ["back_ms": 1])
                    ),
                    after: lines[1].previous,
                    salt: Array(repeating: 7, count: 16)
                )
            else { return [] }
            return lines[0].bytes + line.bytes + lines[2].bytes
        }
        let check = try scene.verify(outside: false)
        #expect(Self.errors(check) == [.lineOutOfOrder])
        #expect(Self.records(check) == [2, 3])
    }

    @Test func `a cut tail is found by the note from outside, and else named as not excluded`()
        async throws
    {
        let scene = try await AuditScene.make()
        let older = try await AuditScene.olderAudit(of: scene.archive)
        let check = try scene.verify(outside: false)
        #expect(Self.errors(check) == [])
        try FileManager.default.removeItem(atPath: scene.archive.file("audit"))
        try FileManager.default.moveItem(atPath: older, toPath: scene.archive.file("audit"))
        let alone = try scene.verify(outside: false)
        #expect(alone.findings == [])
        #expect(alone.notExcluded.contains { $0.hasPrefix("cut-off tail: records after 5 ") })
        #expect(alone.notExcluded.contains { $0.hasPrefix("older copy") })
        let seen = try scene.verify(outside: true)
        #expect(Self.errors(seen) == [.rolledBack])
        #expect(Self.records(seen) == [6, 7])
    }

    @Test func `everything written anew with the stolen key is found by the note from outside`()
        async throws
    {
        let scene = try await AuditScene.make()
        let (archive, state) = (scene.archive, scene.archive.state)
        let key = try Data(contentsOf: URL(filePath: "\(state)/key"))
        try FileManager.default.removeItem(atPath: archive.path)
        try FileManager.default.removeItem(atPath: state)
        archive.clock.advance(seconds: 60)
        _ = try await TestArchive.make(clock: archive.clock)
        // The thief's log, signed with the archive's own key.
        try FileManager.default.removeItem(atPath: archive.file("audit/tlog"))
        let keys = archive.file("audit/tlog/keys")
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
        try Data("\(scene.key)\n".utf8).write(to: URL(filePath: "\(keys)/\(scene.key.fileName)"))
        try key.write(to: URL(filePath: "\(state)/key"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: "\(state)/key"
        )
        try FileManager.default.removeItem(atPath: "\(state)/seen")
        for content in 10..<14 { try await archive.sync([UInt8(content)]) }
        let alone = try scene.verify(outside: false)
        #expect(alone.findings == [])
        #expect(alone.notExcluded.contains { $0.hasPrefix("rewriting: everything") })
        let check = try scene.verify(outside: true)
        #expect(Self.errors(check) == [.noteContradicts])
        #expect(Self.records(check) == [0, 7])
        #expect(check.covered == nil)
    }

    @Test func `a log signed with another key is not believed by whoever has the first`()
        async throws
    {
        let scene = try await AuditScene.make()
        let archive = scene.archive
        try FileManager.default.removeItem(atPath: archive.path)
        try FileManager.default.removeItem(atPath: archive.state)
        _ = try await TestArchive.make(clock: archive.clock)
        #expect(try scene.verify(outside: false).findings == [])
        #expect(Self.errors(try scene.verify(outside: true)).contains(.noteUnsigned))
    }

    @Test(arguments: [1, 2])
    func `notes that a foreign key has signed anew are found, contents unchanged`(
        number: Int64
    ) async throws {
        let scene = try await AuditScene.make()
        let archive = scene.archive
        let origin = Origin(archive: "00000000-0000-4000-8000-000000000000", number: number)
        let foreign = SigningKey.made()
        let keys = archive.file("audit/tlog/keys")
        if number == 1 { try FileManager.default.removeItem(atPath: keys) }
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
        let verifier = foreign.verifier(for: origin.description)
        try Data("\(verifier)\n".utf8).write(to: URL(filePath: "\(keys)/\(verifier.fileName)"))
        try scene.signAll(as: origin, with: foreign)
        let check = try scene.verify(outside: true)
        #expect(Self.errors(check).contains(.noteUnsigned))
        #expect(check.findings.contains { $0.detail.contains("is signed by \(verifier.name)") })
        #expect(check.signedBy == scene.key.description)
    }

    @Test func `a planted key and a lost seen note are named`() async throws {
        let scene = try await AuditScene.make()
        let archive = scene.archive
        let planted = SigningKey.made().verifier(for: scene.key.name)
        let path = archive.file("audit/tlog/keys/\(planted.fileName)")
        try Data("\(planted)\n".utf8).write(to: URL(filePath: path))
        #expect(Self.errors(try scene.verify(outside: false)) == [.keyForeign])
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.removeItem(atPath: "\(archive.state)/seen")
        var live = try AuditCheck(at: archive.file("audit"))
        live.witnesses = .state(archive.state, of: "00000000-0000-4000-8000-000000000000")
        try live.run()
        #expect(live.findings.map(\.code) == [.stateLost])
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .keyMissing)
    }

    @Test func `a later note in a copy says that the archive was rolled back`() async throws {
        let scene = try await AuditScene.make(runs: 1)
        let archive = scene.archive
        let copies = archive.beside("copies")
        try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: true)
        let older = archive.beside("older")
        try FileManager.default.copyItem(atPath: archive.file("audit"), toPath: older)
        var rules = VaultRules()
        rules.auditCopies = [copies, archive.beside("no such folder")]
        do {
            let vault = try await archive.open(rules: rules)
            try await archive.hold([9], in: vault)
            try await vault.journal.seal()
            #expect(await vault.journal.copyFailures.count == 1)
        }
        let id = "00000000-0000-4000-8000-000000000000"
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: copies).sorted()
                == ["\(id)-6.note", "\(id).vkey"]
        )
        var check = try AuditCheck(at: archive.file("audit"))
        check.witnesses.copies = [copies]
        try check.run()
        #expect(check.findings == [])
        #expect(check.covered?.size == 6)
        #expect(!check.notExcluded.contains { $0.hasPrefix("copies: ") })
        var blind = try AuditCheck(at: archive.file("audit"))
        blind.witnesses.archive = id
        blind.witnesses.copies = rules.auditCopies
        try blind.run()
        let unasked = blind.notExcluded.filter { $0.hasPrefix("copies: ") }
        #expect(unasked.count == 1 && unasked[0].contains("no such folder cannot be asked"))
        var rolled = try AuditCheck(at: older)
        rolled.witnesses.copies = [copies]
        try rolled.run()
        #expect(Self.errors(rolled) == [.rolledBack])
        // A file of the same name with other bytes is a failure, and stays.
        try Data("x".utf8).write(to: URL(filePath: "\(copies)/\(id)-8.note"))
        let vault = try await archive.open(rules: rules)
        try await archive.hold([10], in: vault)
        try await vault.journal.seal()
        #expect(await vault.journal.copyFailures.contains { $0.contains("another file") })
    }
}
