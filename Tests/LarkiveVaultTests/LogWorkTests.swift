import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What a run reads and writes of a long log, and what a look beside it may see.
@Suite(.scratchDirectory) struct LogWorkTests {
    private static func grow(_ archive: TestArchive, runs: Int, records: Int) async throws {
        let vault = try await archive.open()
        for _ in 0..<runs {
            archive.clock.advance(seconds: 86_400 * 3)
            let event = AuditEvent(.verifyFinished, ["ok": true, "objects": 1])
            try await vault.record(Array(repeating: event, count: records))
            try await vault.journal.seal()
        }
        vault.cleanUp()
    }

    /// Takes away everything of the log that a run has no business with; returns how many files
    /// are left.
    private static func strip(_ archive: TestArchive) throws -> Int {
        let files = FileManager.default
        let audit = archive.file("audit")
        let segments = try archive.segments
        let newest = Set(segments.suffix(1).map { String($0.prefix(7)) })
        for name in segments where !newest.contains(String(name.prefix(7))) {
            try Data("gone".utf8).write(to: URL(filePath: "\(audit)/\(name)"))
        }
        let shelves = "\(audit)/tlog/checkpoints"
        try files.removeItem(atPath: shelves)
        let tiles = "\(audit)/tlog/tile/0"
        let full = try files.contentsOfDirectory(atPath: tiles).filter { !$0.hasSuffix(".p") }
        for name in full { try files.removeItem(atPath: "\(tiles)/\(name)") }
        let months = segments.filter { newest.contains(String($0.prefix(7))) }
        let hashes = try files.subpathsOfDirectory(atPath: "\(audit)/tlog").filter {
            var isFolder: ObjCBool = false
            return files.fileExists(atPath: "\(audit)/tlog/\($0)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        return hashes.count + months.count
    }

    @Test func `a run needs a few files of a long log, and no more of one ten times as long`()
        async throws
    {
        var left: [Int] = []
        for runs in [20, 200] {
            let folder = "\(ScratchDirectory.path)/\(runs)"
            let clock = ManualClock()
            let archive = TestArchive(path: "\(folder)/a", state: "\(folder)/s", clock: clock)
            _ = try await Vault.create(
                at: archive.path,
                id: "00000000-0000-4000-8000-000000000000",
                state: archive.state,
                run: archive.run,
                clock: clock
            )
            try await Self.grow(archive, runs: runs, records: 40)
            left.append(try Self.strip(archive))
            try await Self.grow(archive, runs: 1, records: 1)
            #expect(
                try ReadingVault(at: archive.path).manifest.appliedSeq() == Int64(runs * 40 + 1)
            )
        }
        #expect(left.allSatisfy { $0 < 40 }, "\(left)")
        #expect(left[1] <= left[0] + 8, "\(left)")
    }

    @Test func `the records of one attachment are found in few segments of a long log`()
        async throws
    {
        let archive = try await TestArchive.make()
        try await Self.grow(archive, runs: 100, records: 1)
        // Its listing and its bytes are recorded at one time, behind the middle of the log.
        try await archive.sync([1])
        let middle = try archive.segments.count - 1
        try await Self.grow(archive, runs: 40, records: 1)
        let vault = try ReadingVault(at: archive.path)
        let row = try #require(try vault.manifest.find(FileQuery()).first)
        let story = try vault.manifest.story(of: row)
        let whole = vault.records(of: story)
        #expect(whole.all.map(\.type) == [.messagesExamined, .attachmentHeld])
        #expect(!whole.isWhole)
        let segments = try archive.segments
        for (place, name) in segments.enumerated() where abs(place - middle) > 1 {
            // Their beginnings say where to look; nobody needs their ends.
            try Change.edit(archive.file("audit/\(name)")) { $0[$0.count - 1] ^= 1 }
        }
        #expect(vault.records(of: story).all.map(\.seq) == whole.all.map(\.seq))
        guard case .same = vault.heldRecords(of: [row])[0] else { Issue.record(); return }
        // The search meets it first, and goes on to what it looks for.
        try Change.edit(archive.file("audit/\(segments[segments.count / 2])")) {
            $0.removeFirst(12)
        }
        let damaged = vault.records(of: story)
        #expect(damaged.all.map(\.seq) == whole.all.map(\.seq))
        #expect(damaged.unread?.kind == .auditDamaged && damaged.unheld.isEmpty)
        guard case .same = vault.heldRecords(of: [row])[0] else { Issue.record(); return }
        try Change.edit(archive.file("audit/\(segments[middle])")) { $0[$0.count - 1] ^= 1 }
        try Change.edit(archive.file("audit/\(segments[middle])")) { $0.removeFirst(12) }
        guard case .unread = vault.heldRecords(of: [row])[0] else { Issue.record(); return }
        #expect(vault.records(of: story).unread?.kind == .auditDamaged)
    }

    @Test func `a log in which a segment is missing is not whole`() async throws {
        let archive = try await TestArchive.make()
        try await Self.grow(archive, runs: 3, records: 1)
        try await archive.sync([1])
        let vault = try ReadingVault(at: archive.path)
        let row = try #require(try vault.manifest.find(FileQuery()).first)
        let story = try vault.manifest.story(of: row)
        let whole = vault.records(of: story)
        #expect(whole.isWhole && whole.unread == nil)
        try FileManager.default.removeItem(
            atPath: archive.file("audit/\(try archive.segments[1])")
        )
        let rest = vault.records(of: story)
        #expect(!rest.isWhole && rest.unread == nil)
        #expect(rest.all.map(\.seq) == whole.all.map(\.seq))
    }

    /// As when a run signs while its shelf is being listed.
    @Test func `the newest note seen before its copy on the shelf is no missing note`() async throws
    {
        let archive = try await TestArchive.make()
        try await Self.grow(archive, runs: 3, records: 1)
        let shelf = archive.file("audit/tlog/checkpoints")
        let notes = try FileManager.default.subpathsOfDirectory(atPath: shelf)
            .filter { $0.hasSuffix(".note") }.sorted().map { URL(filePath: "\(shelf)/\($0)") }
        let newest = URL(filePath: archive.file("audit/tlog/checkpoint"))
        let signed = try Data(contentsOf: newest)
        try FileManager.default.removeItem(at: try #require(notes.last))
        try FileManager.default.removeItem(at: newest)
        try FileManager.default.copyItem(at: try #require(notes.dropLast().last), to: newest)
        var check = try AuditCheck(at: archive.file("audit"))
        try check.run { record in
            guard record.seq == 0 else { return }
            try FileManager.default.removeItem(at: newest)
            try signed.write(to: newest)
        }
        #expect(!check.findings.contains { $0.code == .notesMissing }, "\(check.findings)")
    }

    @Test func `a look beside a run that seals sees no fault`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        let sealer = Task {
            for content in 0..<60 {
                try await archive.hold([UInt8(content)], in: vault)
                try await vault.journal.seal()
            }
        }
        var (looks, sizes) = (0, Set<Int64>())
        repeat {
            var check = try AuditCheck(at: archive.file("audit"))
            check.witnesses = .state(archive.state, of: "00000000-0000-4000-8000-000000000000")
            check.witnesses.isRunning = { true }
            try check.run()
            #expect(check.findings.filter { $0.code != .notSealed } == [])
            looks += 1
            sizes.insert(check.size)
        } while try await !Self.isOver(archive, sizes.max() ?? 0)
        try await sealer.value
        #expect(looks > 3 && sizes.count > 3, "\(looks) looks, \(sizes.count) sizes")
    }

    private static func isOver(_ archive: TestArchive, _ size: Int64) async throws -> Bool {
        await Task.yield()
        return size >= 1 + 3 + 59 * 2
    }

    @Test func `junk in the inbox is named and kept, and events become records in order`()
        async throws
    {
        let archive = try await TestArchive.make()
        let inbox = archive.file("audit/inbox")
        let event = AuditEvent(.restoreDone, ["count": 1, "attachments": []])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try? ReadingVault.note(event, at: archive.clock.now(), in: archive.path)
                }
            }
        }
        let hostile = [
            "notes.txt": "hello", "0123456789abcdef.json": "{",
            "1123456789abcdef.json":
                #"{"type":"restore.done","time":"2026-03-04T05:06:07.000Z","record":{"seq":0},"private":{}}"#,
            "2123456789abcdef.json":
                #"{"type":"restore.done","time":"2026-03-04T05:06:07.000Z","record":{"count":-1},"private":{}}"#,
            "3123456789abcdef.json":
                #"{"type":"restore.done","time":"2026-03-04T05:06:07.000Z","record":{},"private":{"salt":"x"}}"#,
        ]
        for (name, text) in hostile {
            try Data(text.utf8).write(to: URL(filePath: "\(inbox)/\(name)"))
        }
        try await archive.sync([1])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: inbox).sorted()
                == hostile.keys.sorted()
        )
        var check = try AuditCheck(at: archive.file("audit"))
        var restores = 0
        try check.run { if $0.event.type == .restoreDone { restores += 1 } }
        #expect(restores == 40)
        #expect(check.findings.map(\.code) == Array(repeating: .inboxJunk, count: 5))
        #expect(check.waiting == 0)
    }

    /// Years that the clock leaps, one after the other.
    private static let leaps: [[Int64]] = [[-56, 0], [12, -30], [80, -1]]

    @Test(arguments: leaps)
    func `clocks that leap leave a log in order`(steps: [Int64]) async throws {
        let archive = try await TestArchive.make()
        for step in steps {
            archive.clock.advance(seconds: step * 365 * 86_400)
            try await archive.sync([UInt8(truncatingIfNeeded: step)])
        }
        #expect(try archive.verify() == [])
        let names = try archive.segments
        #expect(names.map { $0.suffix(18) } == names.map { $0.suffix(18) }.sorted())
    }

    @Test(arguments: [1, 2, 255, 256, 257, 700])
    func `a proof leads to the root, and no other record does`(count: Int) async throws {
        let archive = try await TestArchive.make()
        try await Self.grow(archive, runs: 3, records: count)
        let proofs = try LogProofs(at: archive.file("audit"))
        for seq in [0, 1, Int64(count), Int64(3 * count)] {
            let proof = try proofs.proof(of: seq)
            #expect(proof.leadsToRoot)
            #expect(proof.hashes.count <= 12)
            let other = InclusionProof(
                seq: seq,
                record: proof.record + [0x20],
                hashes: proof.hashes,
                note: proof.note
            )
            #expect(!other.leadsToRoot)
        }
        let beyond = #expect(throws: VaultError.self) { try proofs.proof(of: Int64(3 * count + 1)) }
        #expect(beyond?.kind == .notFound)
    }

    @Test(arguments: [false, true])
    func `the newest note is the newest of the shelf where an older one stands in its place`(
        isShelfReadable: Bool
    ) async throws {
        let archive = try await RestartTests.made(3)
        let (newest, shelf) = (
            archive.file("audit/tlog/checkpoint"), archive.file("audit/tlog/checkpoints/2026")
        )
        let size = try LogProofs(at: archive.file("audit")).note.checkpoint.size
        let notes = try FileManager.default.contentsOfDirectory(atPath: shelf).sorted()
        let older = try Data(contentsOf: URL(filePath: "\(shelf)/\(notes[1])"))
        try Change.overwrite(newest, older)
        // A later name that no key has signed is no note.
        try Change.overwrite("\(shelf)/000000099999.note", Data("evil".utf8))
        if !isShelfReadable { try RestartTests.remove(shelf) }
        let expected = isShelfReadable ? size : try #require(NoteName(notes[1])).size
        #expect(try LogProofs(at: archive.file("audit")).note.checkpoint.size == expected)
        #expect(try ReadingVault(at: archive.path).lastCheckpoint()?.size == expected)
    }
}
