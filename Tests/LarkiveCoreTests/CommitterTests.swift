import LarkiveCore
import LarkiveTesting
import Testing

@Suite struct CommitterTests {
    private static func staged(_ count: Int, in vault: RecordedVault) async throws -> Staged {
        let scratch = vault.open(expecting: nil)
        try await scratch.append(Array(repeating: 0, count: count))
        return try await scratch.finish()
    }

    private static func hold(_ committer: Committer, _ staged: Staged) async throws {
        try await committer.record([staged], numbering: 0) { _ in
            [AuditEvent(.attachmentHeld, ["attachment": 1])]
        }
    }

    @Test func `bytes come first, then the record, then the row`() async throws {
        let vault = RecordedVault()
        let committer = try Committer(store: vault, audit: vault, manifest: vault)
        try await Self.hold(committer, try await Self.staged(3, in: vault))
        #expect(vault.steps == [.publish, .rehearse, .append, .apply])
        #expect(vault.applied == vault.records)
    }

    /// What may be there after a failure: never a row without its record, never a record without
    /// its bytes, and no acknowledgement.
    @Test(arguments: [
        (RecordedVault.Step.publish, RunFailure.store(StoreError(.noSpace, "told to fail")), 0),
        (.rehearse, .manifest(ManifestError(.other, "told to fail")), 0),
        (.append, .audit(AuditError(.notWritable, "told to fail")), 0),
        (.apply, .manifest(ManifestError(.noSpace, "told to fail")), 1),
    ])
    func `a step that fails ends the run, and no later step is taken`(
        step: RecordedVault.Step,
        failure: RunFailure,
        records: Int
    ) async throws {
        let vault = RecordedVault()
        let committer = try Committer(store: vault, audit: vault, manifest: vault)
        vault.fail(at: step)
        await #expect(throws: failure) {
            try await Self.hold(committer, try await Self.staged(3, in: vault))
        }
        #expect(vault.steps.last == step)
        #expect(vault.records.count == records)
        #expect(vault.applied.isEmpty)
        vault.fail(at: nil)
        await #expect(throws: failure) { try await committer.record([AuditEvent(.clockStepped)]) }
        #expect(vault.steps.last == step)
    }

    @Test func `what waits together is committed together, in the order of numbers`() async throws {
        let vault = RecordedVault()
        let committer = try Committer(store: vault, audit: vault, manifest: vault)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await committer.record([], numbering: 2) { first in
                        [AuditEvent(.messagesExamined, ["first": .integer(first)])]
                    }
                }
            }
            try await group.waitForAll()
        }
        let firsts = vault.records.compactMap { $0.event.record["first"]?.integer }
        let expected = Array(stride(from: Int64(1), to: 401, by: 2))
        #expect(firsts == expected)
        #expect(vault.steps.filter { $0 == .append }.count < 200)
        #expect(vault.applied == vault.records)
    }

    @Test func `an object found damaged is recorded before what is held by it`() async throws {
        let vault = RecordedVault()
        let committer = try Committer(store: vault, audit: vault, manifest: vault)
        let staged = try await Self.staged(3, in: vault)
        try await Self.hold(committer, staged)
        vault.damage(staged.digest)
        try await Self.hold(committer, staged)
        let types = vault.records.map(\.event.type)
        #expect(types == [.attachmentHeld, .objectDamaged, .objectRepaired, .attachmentHeld])
        for record in vault.records[1...2] {
            #expect(record.event.record["sha256"]?.string == staged.digest.hex)
            #expect(record.event.hidden["quarantine"]?.string == staged.digest.hex)
        }
        #expect(vault.records[2].event.record["size"] == 3)
        #expect(vault.records[2].event.record["by"] == "download")
        #expect(await committer.objectsAdded == 1)
    }

    @Test(arguments: [true, false])
    func `an object known to be damaged is repaired by one record`(isThere: Bool) async throws {
        let vault = RecordedVault()
        let committer = try Committer(store: vault, audit: vault, manifest: vault)
        let staged = try await Self.staged(3, in: vault)
        if isThere { vault.damage(staged.digest) }
        try await committer.record([staged, staged], numbering: 0) { _ in
            [
                AuditEvent(.attachmentHeld, ["attachment": 1]), .repaired(staged, by: "download"),
                AuditEvent(.attachmentHeld, ["attachment": 2]), .repaired(staged, by: "download"),
            ]
        }
        let events = vault.records.map(\.event)
        #expect(events.map(\.type) == [.attachmentHeld, .objectRepaired, .attachmentHeld])
        #expect(events[1].record["size"] == 3)
        #expect(events[1].record["by"] == "download")
        #expect(events[1].hidden["quarantine"]?.string == (isThere ? staged.digest.hex : nil))
    }

    @Test func `a source is recorded once and keeps its number`() async throws {
        let vault = RecordedVault()
        let committer = try Committer(store: vault, audit: vault, manifest: vault)
        let names = ["mail:a@x", "tasklist:t", "mail:a@x", "task:u"].compactMap { SourceName($0) }
        var numbers: [Int64] = []
        for name in names { numbers.append(try await committer.number(of: name)) }
        #expect(numbers == [1, 2, 1, 3])
        #expect(vault.records.count == 3)
    }
}
