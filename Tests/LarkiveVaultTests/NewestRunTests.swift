import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// Which run was the last is what the log says, not what a clock said.
@Suite(.scratchDirectory) struct NewestRunTests {
    /// A run that records its beginning and its end; its name.
    private static func run(_ archive: TestArchive, _ outcome: String) async throws -> String {
        let vault = try await archive.open()
        let name = archive.run
        try await vault.record([AuditEvent(.runStarted, ["restricted": false])])
        try await vault.record([
            AuditEvent(
                .runFinished,
                ["outcome": .string(outcome), "exit_code": 0],
                hidden: ["summary": .object(["unseen": .array([.string(outcome)])])]
            )
        ])
        try await vault.journal.seal()
        vault.cleanUp()
        return name.rawValue
    }

    @Test(arguments: [false, true])
    func `a run with a clock that was ahead is not the last one for years`(
        isRebuilt: Bool
    ) async throws {
        let start = Timestamp(milliseconds: 1_790_000_000_000)
        let archive = try await TestArchive.make(clock: ManualClock(start))
        _ = try await Self.run(archive, "complete")
        let good = archive.clock.now()
        archive.clock.advance(seconds: 100_000_000)
        let ahead = try await Self.run(archive, "complete")
        let seen = try ReadingVault(at: archive.path).status()
        #expect(seen.lastRun?.run == ahead)
        archive.clock.advance(seconds: -99_990_000)
        #expect(seen.lastRun?.isInFuture(at: archive.clock.now()) == true)
        let failed = try await Self.run(archive, "partial")
        if isRebuilt { _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in } }
        let vault = try ReadingVault(at: archive.path)
        #expect(try vault.status().lastRun?.run == failed)
        #expect(try vault.status().lastRun?.outcome == "partial")
        #expect(try vault.status().lastRun?.isInFuture(at: archive.clock.now()) == false)
        #expect(try vault.status().lastComplete == good.description)
        #expect(try vault.lastUnseen() == ["partial"])
    }

    @Test func `records of a command that is no run are passed over`() async throws {
        let archive = try await TestArchive.make()
        let last = try await Self.run(archive, "complete")
        let vault = try await archive.open()
        try await vault.record([AuditEvent(.verifyFinished, ["ok": true])])
        vault.cleanUp()
        #expect(try ReadingVault(at: archive.path).status().lastRun?.run == last)
    }

    @Test func `an archive whose log cannot be read still tells of the last run`() async throws {
        let archive = try await TestArchive.make()
        let last = try await Self.run(archive, "complete")
        for segment in try archive.segments {
            try Change.overwrite(archive.file("audit/\(segment)"), Data("no gzip".utf8))
        }
        #expect(try ReadingVault(at: archive.path).status().lastRun?.run == last)
    }
}
