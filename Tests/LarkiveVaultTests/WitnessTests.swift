import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What STATE knows is believed whatever was done to the archive's folder.
@Suite(.scratchDirectory) struct WitnessTests {
    private static let id = "00000000-0000-4000-8000-000000000000"

    /// An archive that a stranger has written anew, under its own name and with its own key.
    private static func rewritten(keepsKeys: Bool = true) async throws -> TestArchive {
        let archive = try await RestartTests.made(3)
        let state = archive.beside("the true state")
        try FileManager.default.moveItem(atPath: archive.state, toPath: state)
        try RestartTests.remove(archive.path)
        let other = try await TestArchive.make(clock: archive.clock)
        for content in 10..<13 { try await other.sync([UInt8(content)]) }
        try RestartTests.remove(archive.state)
        try FileManager.default.moveItem(atPath: state, toPath: archive.state)
        if !keepsKeys {
            for name in ["tile", "checkpoints", "checkpoint", "keys"] {
                try RestartTests.remove(archive.file("audit/tlog/\(name)"))
            }
        }
        return archive
    }

    private static func errors(_ archive: TestArchive) throws -> Set<Finding.Code> {
        Set(try archive.verify().filter(\.isError))
    }

    @Test(arguments: [true, false])
    func `a log written anew with a stranger's key is no log to restart`(
        keepsKeys: Bool
    )
        async throws
    {
        let archive = try await Self.rewritten(keepsKeys: keepsKeys)
        #expect(try Self.errors(archive).contains(.noteContradicts))
        #expect(!(try archive.verify()).contains(.stateKey))
        let key = try Data(contentsOf: URL(filePath: "\(archive.state)/key"))
        let opened = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(opened?.kind == .auditDamaged)
        for force in [false, true] {
            let failure = await #expect(throws: VaultError.self) {
                _ = try await RestartTests.restart(archive, force: force)
            }
            #expect(failure?.kind == .auditDamaged)
            #expect(failure?.detail.hasPrefix("STATE/seen: ") == true)
        }
        #expect(try Data(contentsOf: URL(filePath: "\(archive.state)/key")) == key)
        #expect(try Self.errors(archive).contains(.noteContradicts))
    }

    @Test func `what STATE has seen is compared also without the key that has signed it`()
        async throws
    {
        let archive = try await Self.rewritten()
        try RestartTests.remove("\(archive.state)/key")
        let failure = await #expect(throws: VaultError.self) {
            _ = try await RestartTests.restart(archive)
        }
        #expect(failure?.kind == .auditDamaged)
        #expect(failure?.hint?.contains("move it away") == true)
    }

    @Test func `keys that were changed under the right records are named, and restarted`()
        async throws
    {
        let archive = try await RestartTests.made(3)
        let origin = Origin(archive: Self.id, number: 1)
        let planted = SigningKey.made().verifier(for: origin.description)
        let keys = archive.file("audit/tlog/keys")
        try RestartTests.remove(keys)
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
        try Data("\(planted)\n".utf8).write(to: URL(filePath: "\(keys)/\(planted.fileName)"))
        #expect(try Self.errors(archive) == [.keyForeign])
        let opened = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(opened?.kind == .auditDamaged)
        #expect(opened?.detail.contains("does not hold the key in STATE") == true)
        let change = try await RestartTests.restart(archive)
        #expect((change.former?.size, change.cut.count) == (8, 0))
    }

    private static func plant(_ text: String, _ name: String, in archive: TestArchive) throws {
        let notes = archive.file("audit/tlog/checkpoints/2026")
        try Data(text.utf8).write(to: URL(filePath: "\(notes)/\(name)"))
    }

    private static func unsigned(_ origin: String, _ size: String) -> String {
        let root = String(repeating: "A", count: 43) + "="
        return "\(origin)\n\(size)\n\(root)\n\n\u{2014} x\n"
    }

    @Test(arguments: [
        ("/1", "999999"), ("/1", "9223372036854775807"), ("/9223372036854775807", "99"),
        ("/1000000", "99"),
    ])
    func `a restart believes no note that nobody has signed`(
        number: String,
        size: String
    )
        async throws
    {
        let archive = try await RestartTests.made(3)
        try RestartTests.remove("\(archive.state)/key")
        let note = Self.unsigned("larkive/\(Self.id)\(number)", size)
        try Self.plant(note, "000000999999.note", in: archive)
        #expect(try Self.errors(archive) == [.noteUnsigned])
        let change = try await RestartTests.restart(archive)
        #expect((change.former?.size, change.cut.count) == (8, 0))
        #expect(change.key.name.hasSuffix("/2"))
        try RestartTests.remove(archive.file("audit/tlog/checkpoints/2026/000000999999.note"))
        try await archive.sync([99])
        #expect(try archive.verify() == [.logRestarted])
    }

    @Test func `a key file with a number that no archive comes to is named by a restart`()
        async throws
    {
        let archive = try await RestartTests.made(1)
        try RestartTests.remove("\(archive.state)/key")
        let planted = SigningKey.made().verifier(for: "larkive/\(Self.id)/\(Origin.most)")
        let path = archive.file("audit/tlog/keys/\(planted.fileName)")
        try Data("\(planted)\n".utf8).write(to: URL(filePath: path))
        let failure = await #expect(throws: VaultError.self) {
            _ = try await RestartTests.restart(archive)
        }
        #expect(failure?.detail.contains("holds key 1000000") == true)
        try RestartTests.remove(path)
        #expect(try await RestartTests.restart(archive).key.name.hasSuffix("/2"))
    }

    @Test func `a restart over other records than it has named is found`() async throws {
        let archive = try await RestartTests.made(2)
        let root = ContentDigest.of(Array("another root".utf8))
        let vault = try await archive.open()
        let key = SigningKey.made().verifier(for: "larkive/\(Self.id)/2")
        let former = KeyChange.Former(size: 6, root: root)
        try await vault.record([KeyChange.restarted(with: key, former: former, hidden: [:])])
        try await vault.journal.seal()
        #expect(try Self.errors(archive).contains(.noteContradicts))
    }

    @Test func `a note of a later key from outside says that this is an older copy`() async throws {
        let archive = try await RestartTests.made(1)
        let older = archive.beside("older")
        try FileManager.default.copyItem(atPath: archive.file("audit"), toPath: older)
        _ = try await RotationTests.rotate(archive)
        try await archive.sync([7])
        var check = try AuditCheck(at: older)
        check.witnesses.notes = [
            (
                "n.note",
                try String(contentsOfFile: archive.file("audit/tlog/checkpoint"), encoding: .utf8)
            )
        ]
        try check.run()
        #expect(check.findings.map(\.code) == [.rolledBack])
        #expect(check.findings[0].detail.contains("older than this note"))
    }
}
