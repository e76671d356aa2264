import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

@Suite struct AuditLineTests {
    private static let salt: [UInt8] = Array(0..<16)

    private static func record(_ event: AuditEvent, seq: Int64 = 0) throws -> AuditRecord {
        AuditRecord(
            seq: seq,
            time: Timestamp(milliseconds: 1_772_600_767_000),
            run: try #require(RunID("r")),
            event: event
        )
    }

    /// Written out from the format's description; both hashes were made by Python's hashlib.
    @Test func `a line has one form, byte for byte`() throws {
        let event = AuditEvent(
            .sourceAdded,
            ["source": 1],
            hidden: ["name": "mail:a@corp.example"]
        )
        let line = try AuditLine(try Self.record(event), after: nil, salt: Self.salt)
        let commitment = "855a9982bef7d7c7f47bfb8b0a61c2df27674dc5865446438f129d8d6a7acc9c"
        let zeros = String(repeating: "0", count: 64)
        let record =
            #"{"commitment":"\#(commitment)","prev":"\#(zeros)","run":"r","seq":0,"source":1,"#
            + #""time":"2026-03-04T05:06:07.000Z","type":"source.added"}"#
        let hidden =
            #"{"salt":"000102030405060708090a0b0c0d0e0f","name":"mail:a@corp.example"}"#
        let expected = #"{"record":\#(record),"private":\#(hidden)}"# + "\n"
        #expect(String(decoding: line.bytes, as: UTF8.self) == expected)
        #expect(
            line.leaf.hex == "cea91a9b0c56e4a1649ff02acad5ce9866f8e95a0ac62cd10946679ab25d6beb"
        )
        #expect(try AuditLine(reading: line.bytes) == line)
    }

    @Test(arguments: UInt64(0)..<50)
    func `one flipped bit is never read as a line`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let event = AuditEvent(
            .messageGone,
            ["source": 3],
            hidden: ["id": "a/b+c==", "folder": "收件箱\u{1B}\"\\"]
        )
        let previous = ContentDigest.of([1])
        let line = try AuditLine(try Self.record(event, seq: 7), after: previous, salt: Self.salt)
        var bytes = line.bytes
        let place = Int.random(in: 0..<bytes.count, using: &random)
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        let read = try? AuditLine(reading: bytes)
        // Public fields other than the commitment are bound by the next line and the tree.
        #expect(read == nil || read?.leaf != line.leaf)
    }

    @Test(arguments: [
        (#"{"record":{},"private":{"salt":"00"}}"#, AuditLineError.Kind.notALine),
        (#"{"record":{},"private":null}"#, .notALine), ("", .notALine), ("{}", .notALine),
    ])
    func `other forms are refused`(text: String, kind: AuditLineError.Kind) {
        #expect(throws: AuditLineError(kind: kind)) {
            try AuditLine(reading: Array((text + "\n").utf8))
        }
    }

    @Test func `spaces, another order and a wrong commitment are refused`() throws {
        let event = AuditEvent(.sourceAdded, ["source": 1], hidden: ["name": "mail:a@b"])
        let line = try AuditLine(try Self.record(event), after: nil, salt: Self.salt)
        let text = String(decoding: line.bytes, as: UTF8.self)
        let spaced = text.replacingFirst(#""seq":0"#, #""seq": 0"#)
        #expect(throws: AuditLineError(kind: .notCanonical)) {
            try AuditLine(reading: Array(spaced.utf8))
        }
        let renamed = text.replacingFirst("mail:a@b", "mail:a@c")
        #expect(throws: AuditLineError(kind: .wrongCommitment)) {
            try AuditLine(reading: Array(renamed.utf8))
        }
    }

    @Test(arguments: [
        ("name", JSON.string("报价")), ("name", .string("a\"b")), ("name", .integer(-1)),
        ("name", .integer(1 << 53)), ("name", .null), ("name", .number("1.5")),
        ("private", .integer(1)), ("Name", .integer(1)), ("", .integer(1)),
    ])
    func `what a record may not hold is refused`(name: String, value: JSON) throws {
        let fields = JSONObject([JSONObject.Member(name: name, value: value)])
        let record = try Self.record(AuditEvent(.sourceAdded, fields))
        #expect(throws: AuditLineError.self) {
            try AuditLine(record, after: nil, salt: Self.salt)
        }
    }
}

extension String {
    fileprivate func replacingFirst(_ old: String, _ new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return replacingCharacters(in: range, with: new)
    }

    private func replacingCharacters(in range: Range<Index>, with new: String) -> String {
        String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
