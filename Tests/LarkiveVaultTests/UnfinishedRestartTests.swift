import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// Restarts that died, or could not begin.
@Suite(.scratchDirectory) struct UnfinishedRestartTests {
    @Test func `a restart that died anywhere is named by all commands, and run again`()
        async throws
    {
        let frames = try await Frames.make()
        let archive = frames.archive
        let fresh = try Data(contentsOf: URL(filePath: "\(frames.after)/state/key"))
        let steps = try frames.steps
        for count in 0...steps.count {
            try frames.show(Array(steps.prefix(count)))
            let mark = RestartMark(key: frames.change.key, former: frames.change.former)
            try mark.write(to: Directory.open(archive.state))
            try archive.keepSecret(fresh, "key.next")
            let hasSigned = count >= 4
            let codes = try archive.verify()
            #expect(codes.contains(.restartUnfinished) == !hasSigned, "\(count): \(codes)")
            #expect(!codes.contains(.tileWrong) && !codes.contains(.keyForeign), "\(count)")
            if hasSigned {
                try await archive.sync([99])
                #expect(try archive.verify() == [.logRestarted])
                #expect(!FileManager.default.fileExists(atPath: "\(archive.state)/restart"))
                continue
            }
            let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
            #expect(failure?.kind == .keyMissing)
            #expect(failure?.detail == RestartMark.words)
            #expect(failure?.hint?.hasPrefix("run it again") == true)
            let change = try await RestartTests.restart(archive)
            #expect(change.former?.size == frames.change.former?.size)
            try await archive.sync([99])
            #expect(Set(try archive.verify()) == [.logRestarted], "\(count)")
        }
    }

    @Test func `what a restart knew of the former log survives its manifest`() async throws {
        let archive = try await RestartTests.made(2)
        let key = SigningKey.made().verifier(for: "larkive/00000000-0000-4000-8000-000000000000/2")
        let former = KeyChange.Former(size: 40, root: nil)
        try RestartMark(key: key, former: former).write(to: Directory.open(archive.state))
        #expect(try await RestartTests.restart(archive).cut == 6..<40)
    }

    @Test(arguments: [3, nil] as [Int64?])
    func `the mark of a restart keeps all that it knew`(unknown: Int64?) async throws {
        let archive = try await TestArchive.make()
        let state = try Directory.open(archive.state)
        let key = SigningKey.made().verifier(for: "larkive/00000000-0000-4000-8000-000000000000/2")
        let root = try #require(ContentDigest(bytes: [UInt8](repeating: 9, count: 32)))
        let former = KeyChange.Former(size: 40, root: root, unknownKey: unknown)
        for former in [former, KeyChange.Former(size: 40, root: nil), nil] {
            let mark = RestartMark(key: key, former: former)
            try mark.write(to: state)
            #expect(try RestartMark.open(in: state) == mark)
        }
    }

    @Test func `a restart for which there is no room leaves the log as it was`() async throws {
        let archive = try await RestartTests.made(2)
        // Nothing can be made in quarantine.
        try FileManager.default.removeItem(atPath: archive.file("quarantine"))
        try Data().write(to: URL(filePath: archive.file("quarantine")))
        await #expect(throws: VaultError.self) {
            _ = try await RestartTests.restart(archive, force: true)
        }
        try RestartTests.remove(archive.file("quarantine"))
        try await archive.sync([99])
        #expect(try archive.verify() == [])
    }
}

/// Everything that was there before a restart, and everything after it.
private struct Frames {
    let archive: TestArchive
    let change: KeyChange
    let before: String
    let after: String

    static func make() async throws -> Frames {
        let archive = try await RestartTests.made(2)
        // The newest run is gone, and a part of it is known to the notes alone.
        let (before, after) = (archive.beside("before"), archive.beside("after"))
        let copy = archive.beside("backup")
        try FileManager.default.copyItem(atPath: archive.path, toPath: copy)
        try await archive.sync([7])
        try RestartTests.remove(archive.path)
        try FileManager.default.moveItem(atPath: copy, toPath: archive.path)
        try keep(archive, at: before)
        let change = try await RestartTests.restart(archive)
        try keep(archive, at: after)
        return Frames(archive: archive, change: change, before: before, after: after)
    }

    private static func keep(_ archive: TestArchive, at path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(atPath: archive.path, toPath: "\(path)/archive")
        try FileManager.default.copyItem(atPath: archive.state, toPath: "\(path)/state")
    }

    /// The state of before, with these files and folders as they were after it.
    func show(_ names: [String]) throws {
        for part in ["archive", "state"] {
            try? RestartTests.remove(archive.beside(part))
            try FileManager.default.copyItem(
                atPath: "\(before)/\(part)",
                toPath: archive.beside(part)
            )
        }
        for name in names {
            let target = archive.beside(name)
            try? RestartTests.remove(target)
            guard FileManager.default.fileExists(atPath: "\(after)/\(name)") else { continue }
            try FileManager.default.createDirectory(
                at: URL(filePath: target).deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try FileManager.default.copyItem(atPath: "\(after)/\(name)", toPath: target)
        }
    }

    /// What a restart changes, in its order.
    ///
    /// The tiles that take over hold what those of before hold of these records, and are extended
    /// after the segment. The mark and the waiting key come from its key.
    var steps: [String] {
        get throws {
            let audit = "\(after)/archive/audit"
            let all = try FileManager.default.subpathsOfDirectory(atPath: audit)
            let old = try FileManager.default.subpathsOfDirectory(
                atPath: "\(before)/archive/audit"
            )
            let segment = try #require(all.first { $0.hasSuffix(".gz") && !old.contains($0) })
            let note = try #require(all.first { $0.hasSuffix("-2.note") })
            return [
                "archive/audit/\(segment)", "archive/audit/tlog/tile",
                "archive/audit/tlog/keys/\(change.key.fileName)", "state/seen",
                "archive/audit/\(note)", "archive/audit/tlog/checkpoint",
            ]
        }
    }
}
