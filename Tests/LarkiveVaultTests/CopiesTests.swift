import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// Copies of an archive, and copies of its notes.
@Suite(.scratchDirectory) struct CopiesTests {
    static func rules(_ archive: TestArchive) throws -> VaultRules {
        let folder = archive.beside("copies")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var rules = VaultRules()
        rules.auditCopies = [folder]
        return rules
    }

    static func sync(
        _ archive: TestArchive,
        _ bytes: [UInt8],
        _ rules: VaultRules
    )
        async throws
    {
        let vault = try await archive.open(rules: rules)
        try await archive.hold(bytes, in: vault)
        try await vault.journal.seal()
        vault.cleanUp()
    }

    static func codes(_ archive: TestArchive, _ rules: VaultRules) throws -> [Finding.Code] {
        try verdict(archive, rules).findings.map(\.code)
            .filter { $0 != .quarantined && $0 != .stagingLeft }
    }

    private static func verdict(
        _ archive: TestArchive,
        _ rules: VaultRules
    ) throws -> Verification {
        try Verifier(
            at: archive.path,
            state: archive.state,
            copies: rules.auditCopies,
            clock: archive.clock
        ).run(VerifyRequest(readsData: false))
    }

    static func keep(_ archive: TestArchive, as name: String) throws {
        for part in ["archive", "state"] {
            try FileManager.default.copyItem(
                atPath: archive.beside(part),
                toPath: archive.beside("\(name)-\(part)")
            )
        }
    }

    static func rotate(_ archive: TestArchive, _ rules: VaultRules) async throws {
        let vault = try await archive.open(rules: rules)
        _ = try await vault.rotateKey(hidden: RestartTests.why)
    }

    static func bringBack(_ archive: TestArchive, from name: String) throws {
        for part in ["archive", "state"] {
            try RestartTests.remove(archive.beside(part))
            try FileManager.default.copyItem(
                atPath: archive.beside("\(name)-\(part)"),
                toPath: archive.beside(part)
            )
        }
    }

    @Test(arguments: [false, true])
    func `archive and STATE from one older backup are known by the copies of notes`(
        isRotated: Bool
    ) async throws {
        let archive = try await RestartTests.made(1)
        let rules = try Self.rules(archive)
        try await Self.sync(archive, [5], rules)
        try Self.keep(archive, as: "backup")
        if isRotated { try await Self.rotate(archive, rules) }
        try await Self.sync(archive, [6], rules)
        try Self.bringBack(archive, from: "backup")
        #expect(Set(try Self.codes(archive, rules)) == [.rolledBack])
        let failure = await #expect(throws: VaultError.self) {
            _ = try await archive.open(rules: rules)
        }
        #expect(failure?.kind == .rolledBack)
        let change = try await RestartTests.restart(archive, rules)
        #expect(change.cut.count == (isRotated ? 3 : 2))
        #expect(change.key.name.hasSuffix(isRotated ? "/3" : "/2"))
        try await Self.sync(archive, [7], rules)
        #expect(try Self.codes(archive, rules) == [.logRestarted])
    }

    @Test(arguments: [false, true])
    func `a backup that is restored twice names all that had been signed, both times`(
        isRotated: Bool
    ) async throws {
        let archive = try await RestartTests.made(1)
        let rules = try Self.rules(archive)
        try Self.keep(archive, as: "backup")
        if isRotated { try await Self.rotate(archive, rules) }
        for content in UInt8(5)..<9 { try await Self.sync(archive, [content], rules) }
        var cuts: [Range<Int64>] = []
        for content in UInt8(20)..<22 {
            try Self.bringBack(archive, from: "backup")
            cuts.append(try await RestartTests.restart(archive, rules).cut)
            try await Self.sync(archive, [content], rules)
            #expect(try Self.codes(archive, rules) == [.logRestarted])
        }
        #expect(cuts[0] == cuts[1] && cuts[0].count >= 8)
    }

    @Test func `an older copy that goes on while nobody can be asked is told apart afterwards`()
        async throws
    {
        let archive = try await RestartTests.made(1)
        let rules = try Self.rules(archive)
        try Self.keep(archive, as: "backup")
        try await Self.sync(archive, [5], rules)
        try Self.bringBack(archive, from: "backup")
        let (folder, away) = (rules.auditCopies[0], archive.beside("away"))
        #expect(try Self.verdict(archive, rules).unasked == [])
        try FileManager.default.moveItem(atPath: folder, toPath: away)
        let verdict = try Self.verdict(archive, rules)
        #expect(verdict.unasked.count == 1 && verdict.isOK)
        #expect(verdict.unasked.first?.contains("\(folder) cannot be asked") == true)
        do {
            let vault = try await archive.open(rules: rules)
            #expect(vault.remarks == verdict.unasked)
            #expect(vault.remarks.first?.contains("cannot be asked") == true)
            for content in UInt8(20)..<24 { try await archive.hold([content], in: vault) }
            try await vault.journal.seal()
            vault.cleanUp()
        }
        try FileManager.default.moveItem(atPath: away, toPath: folder)
        let failure = await #expect(throws: VaultError.self) {
            _ = try await archive.open(rules: rules)
        }
        #expect(failure?.kind == .rolledBack)
        #expect(failure?.detail.contains("signs other records than the first") == true)
    }

    @Test func `a restart of which no copy could be kept stops no run`() async throws {
        let archive = try await RestartTests.made(1)
        let rules = try Self.rules(archive)
        try Self.keep(archive, as: "backup")
        for content in UInt8(5)..<8 { try await Self.sync(archive, [content], rules) }
        try Self.bringBack(archive, from: "backup")
        _ = try await RestartTests.restart(archive, rules)
        let folder = rules.auditCopies[0]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name.contains("-2.") { try RestartTests.remove("\(folder)/\(name)") }
        try await Self.sync(archive, [9], rules)
        #expect(try Self.codes(archive, rules) == [.logRestarted])
    }

    @Test func `a folder that has no note of the archive is named`() async throws {
        let archive = try await RestartTests.made(1)
        let rules = try Self.rules(archive)
        let vault = try await archive.open(rules: rules)
        #expect(vault.remarks.count == 1)
        #expect(vault.remarks.first?.contains("has no note of this archive") == true)
        try await vault.journal.seal()
    }

    @Test func `STATE that cannot be read is not called lost`() async throws {
        let archive = try await RestartTests.made(1)
        let seen = "\(archive.state)/seen"
        try RestartTests.remove(seen)
        try FileManager.default.createSymbolicLink(
            atPath: seen,
            withDestinationPath: "elsewhere"
        )
        let verdict = try ReadingVault.verdict(of: archive)
        let finding = try #require(verdict.findings.first { $0.code == .stateLost })
        #expect(finding.detail.hasPrefix("cannot be read"), "\(finding.detail)")
    }

    @Test func `two archives can keep their notes in one folder`() async throws {
        let archive = try await RestartTests.made(1)
        let rules = try Self.rules(archive)
        _ = try await archive.another(rules: rules)
        try await Self.sync(archive, [5], rules)
        #expect(try FileManager.default.contentsOfDirectory(atPath: rules.auditCopies[0]).count > 2)
        #expect(try Self.codes(archive, rules) == [])
    }

    @Test func `a copy that shares STATE cannot run at the same time, nor sign another root`()
        async throws
    {
        let archive = try await RestartTests.made(2)
        let copy = TestArchive(
            path: archive.beside("copy"),
            state: archive.state,
            clock: archive.clock
        )
        try FileManager.default.copyItem(atPath: archive.path, toPath: copy.path)
        do {
            let vault = try await archive.open()
            let failure = await #expect(throws: VaultError.self) { _ = try await copy.open() }
            #expect(failure?.kind == .locked)
            #expect(failure?.hint?.contains("`state:` of its own") == true)
            // Who gets around the lock signs nothing either.
            let seen = "\(archive.state)/seen"
            let former = try Data(contentsOf: URL(filePath: seen))
            try Data(
                "larkive/00000000-0000-4000-8000-000000000000/1\n99\n".utf8
                    + Array("\(Data(ContentDigest.of([]).bytes).base64EncodedString())\n\n".utf8)
            ).write(to: URL(filePath: seen))
            try await archive.hold([9], in: vault)
            let refused = await #expect(throws: AuditError.self) { try await vault.journal.seal() }
            #expect(refused?.kind == .rolledBack)
            try former.write(to: URL(filePath: seen))
        }
        try await archive.sync([10])
        #expect(try archive.verify() == [])
    }
}
