import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// The ways out: a lost key, a lost STATE, a restored backup; and a change of keys.
@Suite(.scratchDirectory) struct RestartTests {
    static let why: JSONObject = ["reason": "ticket 7"]

    static func restart(
        _ archive: TestArchive,
        _ rules: VaultRules = VaultRules(),
        force: Bool = false
    ) async throws -> KeyChange {
        archive.clock.advance(seconds: 1)
        let (vault, change) = try await Vault.restart(
            at: archive.path,
            state: archive.state,
            run: archive.run,
            clock: archive.clock,
            rules: rules,
            isForced: force,
            hidden: why
        )
        vault.cleanUp()
        return change
    }

    static func made(_ runs: Int) async throws -> TestArchive {
        let archive = try await TestArchive.make()
        for content in 0..<runs { try await archive.sync([UInt8(content)]) }
        return archive
    }

    static func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: path)
    }

    /// It goes on as if nothing had been, and every look names the restart.
    private static func expectWorking(_ archive: TestArchive) async throws {
        try await archive.sync([99])
        #expect(try archive.verify() == [.logRestarted])
        let dump = try archive.dump()
        #expect(try Rebuild(at: archive.path, clock: archive.clock).run { _ in } > 0)
        #expect(try archive.dump() == dump)
        #expect(try ReadingVault(at: archive.path).manifest.restarts().count == 1)
    }

    @Test(arguments: ["key", "seen", "key and seen", "folder"])
    func `a lost state is left by a restart that cuts nothing`(what: String) async throws {
        let archive = try await Self.made(3)
        let files = ["key": ["key"], "seen": ["seen"], "key and seen": ["key", "seen"]]
        if let files = files[what] {
            for file in files { try Self.remove("\(archive.state)/\(file)") }
        } else {
            try Self.remove(archive.state)
        }
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .keyMissing)
        #expect(failure?.hint?.contains("larkive audit restart") == true)
        let change = try await Self.restart(archive)
        #expect((change.seq, change.former?.size, change.cut.count) == (8, 8, 0))
        #expect(change.key.name.hasSuffix("/2"))
        try await Self.expectWorking(archive)
    }

    @Test func `a restored backup is left by a restart that names the cut`() async throws {
        let archive = try await Self.made(2)
        let copy = archive.beside("backup")
        try FileManager.default.copyItem(atPath: archive.path, toPath: copy)
        for content in 5..<8 { try await archive.sync([UInt8(content)]) }
        try Self.remove(archive.path)
        try FileManager.default.moveItem(atPath: copy, toPath: archive.path)
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .rolledBack)
        let change = try await Self.restart(archive)
        #expect(change.cut == 6..<12)
        #expect(change.words.contains("records 6 to 11 are cut off"))
        try await Self.expectWorking(archive)
    }

    /// The folder `audit` alone is older: the manifest and the notes know more.
    @Test func `an older audit folder under a newer manifest is left by a restart`() async throws {
        let archive = try await Self.made(2)
        let copy = archive.beside("audit")
        try FileManager.default.copyItem(atPath: archive.file("audit"), toPath: copy)
        for content in 5..<8 { try await archive.sync([UInt8(content)]) }
        let notes = archive.file("audit/tlog/checkpoints")
        try FileManager.default.moveItem(atPath: notes, toPath: archive.beside("notes"))
        try Self.remove(archive.file("audit"))
        try FileManager.default.moveItem(atPath: copy, toPath: archive.file("audit"))
        // Notes of records that are gone have survived.
        try Self.remove(notes)
        try FileManager.default.moveItem(atPath: archive.beside("notes"), toPath: notes)
        #expect(try await Self.restart(archive).cut == 6..<12)
        try await archive.sync([99])
        #expect(Set(try archive.verify()).subtracting([.objectExtra]) == [.logRestarted])
    }

    /// Archive and log are whole, and the log and STATE come from an older backup.
    @Test func `a manifest that knows more than the log is not made again from it`() async throws {
        let archive = try await Self.made(2)
        let copies = ["audit": archive.file("audit"), "state": archive.state]
        for (name, path) in copies {
            try FileManager.default.copyItem(atPath: path, toPath: archive.beside("old-\(name)"))
        }
        for content in 5..<8 { try await archive.sync([UInt8(content)]) }
        for (name, path) in copies {
            try Self.remove(path)
            try FileManager.default.moveItem(atPath: archive.beside("old-\(name)"), toPath: path)
        }
        let before = try archive.dump()
        let failure = #expect(throws: VaultError.self) {
            _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        }
        #expect(failure?.kind == .rolledBack)
        #expect(failure?.detail.contains("knows 12 records, the log has 6") == true)
        #expect(try archive.dump() == before)
        #expect(try await Self.restart(archive).cut == 6..<12)
        try await archive.sync([99])
        #expect(Set(try archive.verify()).subtracting([.objectExtra]) == [.logRestarted])
    }

    @Test func `a log in order is restarted only when told so`() async throws {
        let archive = try await Self.made(1)
        let failure = await #expect(throws: VaultError.self) { _ = try await Self.restart(archive) }
        #expect(failure?.kind == .exists)
        #expect(try archive.verify() == [])
        _ = try await Self.restart(archive, force: true)
        try await Self.expectWorking(archive)
    }

    @Test func `damaged records are not signed anew`() async throws {
        let archive = try await Self.made(3)
        try Self.remove(archive.file("audit/" + (try archive.segments[1])))
        try Self.remove("\(archive.state)/key")
        let failure = await #expect(throws: VaultError.self) { _ = try await Self.restart(archive) }
        #expect(failure?.kind == .auditDamaged)
    }

    /// What a death leaves: files of STATE and of the log from before a step, by name.
    @Test(arguments: ["no key", "no note", "old key"])
    func `a restart that died is restarted or finished`(at step: String) async throws {
        let archive = try await Self.made(2)
        let key = try Data(contentsOf: URL(filePath: "\(archive.state)/key"))
        let seen = try Data(contentsOf: URL(filePath: "\(archive.state)/seen"))
        let note = try Data(contentsOf: URL(filePath: archive.file("audit/tlog/checkpoint")))
        try Self.remove("\(archive.state)/key")
        let change = try await Self.restart(archive)
        let fresh = try Data(contentsOf: URL(filePath: "\(archive.state)/key"))
        try Self.remove("\(archive.state)/key")
        try archive.keepSecret(fresh, "key.next")
        if step == "old key" { try archive.keepSecret(key, "key") }
        if step == "no note" {
            try archive.keepSecret(key, "key")
            try seen.write(to: URL(filePath: "\(archive.state)/seen"))
            try note.write(to: URL(filePath: archive.file("audit/tlog/checkpoint")))
            try Self.remove(archive.file("audit/tlog/checkpoints/2026/000000000007-2.note"))
            try Self.remove(archive.file("audit/tlog/keys/\(change.key.fileName)"))
            let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
            #expect(failure?.kind == .keyMissing)
            #expect(try await Self.restart(archive).key.name.hasSuffix("/3"))
            try await archive.sync([99])
            #expect(try archive.verify() == [.logRestarted, .logRestarted])
        } else {
            try await Self.expectWorking(archive)
        }
    }

    @Test func `the key of another archive is not taken away by a restart`() async throws {
        let archive = try await Self.made(1)
        let other = try await archive.another()
        try Self.remove(archive.state)
        try FileManager.default.copyItem(atPath: other.state, toPath: archive.state)
        let key = try Data(contentsOf: URL(filePath: "\(archive.state)/key"))
        for force in [false, true] {
            let failure = await #expect(throws: VaultError.self) {
                _ = try await Self.restart(archive, force: force)
            }
            #expect(failure?.kind == .refused)
        }
        #expect(try Data(contentsOf: URL(filePath: "\(archive.state)/key")) == key)
    }
}

extension TestArchive {
    /// A run that holds one attachment.
    func sync(_ bytes: [UInt8]) async throws {
        let vault = try await open()
        try await hold(bytes, in: vault)
        try await vault.journal.seal()
        vault.cleanUp()
    }

    func keepSecret(_ data: Data, _ name: String) throws {
        try data.write(to: URL(filePath: "\(state)/\(name)"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: "\(state)/\(name)"
        )
    }
}
