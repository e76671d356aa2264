import LarkiveCore
import LarkiveTesting
import Synchronization
import Testing

@Suite struct InboxRoundsTests {
    private static func tick(_ committer: Committer) async throws {
        try await committer.record([AuditEvent(.clockStepped)])
    }

    @Test func `events of others are looked for with a group, at most once a second`() async throws
    {
        let vault = RecordedVault()
        let clock = ManualClock()
        let looks = Looks(of: vault)
        let committer = try Committer(
            store: vault,
            audit: vault,
            manifest: vault,
            inbox: InboxRounds(clock: clock) { looks.look() }
        )
        try await Self.tick(committer)
        #expect(looks.records == [], "the archive was opened just now")
        clock.advance(seconds: 1)
        for _ in 0..<3 { try await Self.tick(committer) }
        #expect(looks.records == [1], "before the records of the group, and once")
        clock.advance(seconds: 60)
        for _ in 0..<3 { try await Self.tick(committer) }
        #expect(looks.records == [1, 4])
        clock.advance(seconds: -3_600)
        try await Self.tick(committer)
        #expect(looks.records == [1, 4, 7], "a clock that went back")
    }

    @Test(arguments: [
        RunFailure.audit(AuditError(.noSpace, "told to fail")),
        .manifest(ManifestError(.noSpace, "told to fail")),
    ])
    func `a look that fails ends the run as a group does that fails`(
        failure: RunFailure
    )
        async throws
    {
        let vault = RecordedVault()
        let clock = ManualClock()
        let committer = try Committer(
            store: vault,
            audit: vault,
            manifest: vault,
            inbox: InboxRounds(clock: clock) {
                switch failure {
                case .audit(let error): throw error
                case .manifest(let error): throw error
                case .store(let error): throw error
                }
            }
        )
        try await Self.tick(committer)
        clock.advance(seconds: 1)
        for _ in 0..<2 {
            await #expect(throws: failure) { try await Self.tick(committer) }
        }
        #expect(vault.records.count == 1)
    }
}

/// How many records there were at each look.
private final class Looks: Sendable {
    private let vault: RecordedVault
    private let seen = Mutex<[Int]>([])

    init(of vault: RecordedVault) { self.vault = vault }

    var records: [Int] { seen.withLock { $0 } }
    func look() { seen.withLock { $0.append(vault.records.count) } }
}
