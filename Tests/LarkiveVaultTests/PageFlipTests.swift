import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// Bytes of the manifest change on the disk.
@Suite(.scratchDirectory) struct PageFlipTests {
    private static let flips = 50

    @Test(arguments: [1, 2, 3, 4])
    func `a changed byte is found, or changes nothing that is told`(seed: UInt64) async throws {
        let archive = try await FindingFixture.archive()
        let before = try archive.dump()
        let path = archive.file("manifest.sqlite")
        let whole = try Data(contentsOf: URL(filePath: path))
        // Most of a small file is empty pages.
        let used = whole.indices.filter { whole[$0] != 0 }
        var random = SeededGenerator(seed: seed)
        var found = 0
        for _ in 0..<Self.flips {
            var bytes = whole
            let place = try #require(used.randomElement(using: &random))
            bytes[place] ^= UInt8(1) << UInt8.random(in: 0...7, using: &random)
            try Change.overwrite(path, bytes)
            let verdict = try Verifier(at: archive.path, state: archive.state, clock: archive.clock)
                .run(VerifyRequest(readsData: false))
            if verdict.isOK {
                #expect(try archive.dump() == before, "seed \(seed), byte \(place)")
            } else {
                found += 1
            }
        }
        // A test that never met a row would show nothing.
        #expect(found > 5)
    }

    @Test(arguments: ["empty", "cut", "noise", "header"])
    func `a damaged manifest is set aside and made again to the same rows`(
        damage: String
    ) async throws {
        let archive = try await FindingFixture.archive()
        let before = try archive.dump()
        let path = archive.file("manifest.sqlite")
        let whole = try Data(contentsOf: URL(filePath: path))
        let bytes =
            switch damage {
            case "empty": Data()
            case "cut": whole.prefix(whole.count / 2)
            case "noise": Data(repeating: 0xA5, count: 9_000)
            default: Data(repeating: 0, count: 16) + whole.dropFirst(16)
            }
        try Change.overwrite(path, bytes)
        #expect(try !ReadingVault.verdict(of: archive).isOK)
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .damaged)
        #expect(failure?.hint?.contains("larkive rebuild") == true)
        _ = try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        #expect(try archive.dump() == before)
        #expect(try archive.verify() == [])
        let kept = try FileManager.default.contentsOfDirectory(atPath: archive.file("quarantine"))
        let name = try #require(kept.first { $0.hasPrefix("manifest.sqlite.") })
        #expect(try Data(contentsOf: URL(filePath: archive.file("quarantine/\(name)"))) == bytes)
    }

    @Test func `a log that is damaged makes no manifest, and the segment is named`() async throws {
        let archive = try await FindingFixture.archive()
        let segment = try archive.segments[1]
        try Change.lines(of: 1, in: archive) { $0.swapAt(0, 1) }
        let before = try Data(contentsOf: URL(filePath: archive.file("manifest.sqlite")))
        let failure = #expect(throws: VaultError.self) {
            try Rebuild(at: archive.path, clock: archive.clock).run { _ in }
        }
        #expect(failure?.kind == .auditDamaged)
        #expect(failure?.detail.contains(segment) == true)
        #expect(try Data(contentsOf: URL(filePath: archive.file("manifest.sqlite"))) == before)
    }
}
