import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

@Suite(.scratchDirectory) struct VerifiedRangesTests {
    private static func digest(_ first: UInt8) throws -> ContentDigest {
        try #require(ContentDigest(bytes: [first] + [UInt8](repeating: 0, count: 31)))
    }

    /// When a digest was read last, by the simplest reckoning.
    private static func time(of first: UInt8, in ranges: VerifiedRanges) throws -> String? {
        let digest = try digest(first)
        return ranges.ranges.first { $0.from <= digest && $0.to.map { digest < $0 } ?? true }?.time
    }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func `random looks are remembered as one by one`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var (ranges, model) = (VerifiedRanges(), [String?](repeating: nil, count: 256))
        for round in 100..<200 {
            let from = UInt8.random(in: 0...255, using: &random)
            let to = UInt8.random(in: 0...255, using: &random)
            let hole = UInt8.random(in: 0...255, using: &random)
            let time = "\(round)"
            ranges.add(
                from: try Self.digest(from),
                to: try Self.digest(to),
                without: [try Self.digest(hole)],
                at: time
            )
            for first in 0...255 where first != Int(hole) {
                let isIn =
                    from < to
                    ? first >= from && first < to : from == to || first >= from || first < to
                if isIn { model[first] = time }
            }
            for first in 0...255 {
                #expect(try Self.time(of: UInt8(first), in: ranges) == model[first])
            }
            #expect(VerifiedRanges(text: ranges.text) == ranges)
            #expect(ranges.next == (try Self.digest(to)))
        }
    }

    @Test(arguments: [false, true])
    func `a look whose clock was ahead is none`(isAhead: Bool) async throws {
        let archive = try await RestartTests.made(1)
        let stored = archive.clock.now()
        archive.clock.advance(seconds: 60)
        let vault = try await archive.open()
        let looked = archive.clock.now().advanced(bySeconds: isAhead ? 3_600 : 0)
        let edge = JSON.string(String(repeating: "0", count: 64))
        let fields: JSONObject = ["from": edge, "to": edge, "started": .string("\(looked)")]
        try await vault.record([AuditEvent(.verifyFinished, fields)])
        try await vault.journal.seal()
        let oldest = try vault.manifest.oldestUnverified(at: archive.clock.now())
        #expect(oldest == (isAhead ? "\(stored)" : "\(looked)"))
        vault.cleanUp()
    }

    @Test func `the memory is bounded`() throws {
        var ranges = VerifiedRanges()
        for round in 0..<2_000 {
            let bytes = [UInt8(round / 256), UInt8(round % 256)] + [UInt8](repeating: 7, count: 30)
            let from = try #require(ContentDigest(bytes: bytes))
            ranges.add(from: from, to: try #require(from.successor), without: [], at: "\(round)")
        }
        #expect(ranges.ranges.count <= VerifiedRanges.most)
    }
}
