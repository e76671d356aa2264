import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What is read of one segment.
@Suite(.scratchDirectory) struct SegmentsTests {
    @Test func `lines come as they are packed, however long, until no more are wanted`() throws {
        let (segments, name) = (try Self.segments(), try Self.name(0))
        let lines = [5, 65_535, 65_536, 1, 400_000, 0, 7].enumerated().map { place, count in
            [UInt8](repeating: UInt8(ascii: "a") + UInt8(place), count: count) + [10]
        }
        try segments.write(lines.flatMap { $0 } + [33], as: name)
        var seen: [[UInt8]] = []
        try segments.forEachLine(of: name) { line in
            seen.append(Array(line))
            return true
        }
        #expect(seen == lines + [[33]])
        try Change.edit("\(ScratchDirectory.path)/audit/\(name.path)") { $0[$0.count - 1] ^= 1 }
        seen = []
        try segments.forEachLine(of: name) { line in
            seen.append(Array(line))
            return seen.count < 2
        }
        #expect(seen == Array(lines.prefix(2)))
        #expect(throws: AuditError.self) { try segments.forEachLine(of: name) { _ in true } }
    }

    @Test(arguments: [0, 30, 58_000])
    func `the time at which a segment begins is read at a glance, with seed 1`(
        length: Int
    ) throws {
        var random = SeededGenerator(seed: 1)
        // It does not pack well, so that a glance sees some thousands of it.
        let noise = String(
            decoding: (0..<length).map { _ in UInt8.random(in: 0x61...0x7A, using: &random) },
            as: UTF8.self
        )
        let time = Timestamp(milliseconds: 1_772_000_000_123)
        let event = AuditEvent(
            .runStarted,
            ["noise": .string(noise), "nested": .object(["time": "2001-01-01T00:00:00.000Z"])],
            hidden: ["time": "2002-01-01T00:00:00.000Z", "noise": .string(noise)]
        )
        let run = try #require(RunID("r"))
        let record = AuditRecord(seq: 7, time: time, run: run, event: event)
        let salt = [UInt8](repeating: 0, count: AuditLine.saltBytes)
        let line = try AuditLine(record, after: .zero, salt: salt)
        let segments = try Self.segments()
        let name = try Self.name(0)
        try segments.write(line.bytes + Array(repeating: 0x21, count: 1 << 20), as: name)
        #expect(try segments.firstTime(of: name) == (length < 1_000 ? time : nil))
        try Change.edit("\(ScratchDirectory.path)/audit/\(name.path)") { $0[0] ^= 1 }
        #expect(throws: AuditError.self) { try segments.firstTime(of: name) }
    }

    private static func segments() throws -> Segments {
        let folder = "\(ScratchDirectory.path)/audit"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        return Segments(audit: try Directory.open(folder))
    }

    private static func name(_ number: Int64) throws -> SegmentName {
        let month = try #require(SegmentName.Month(year: "2026", month: "03"))
        return SegmentName(folder: month, number: number)
    }
}
