import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct Base64URLStreamTests {
    @Test(arguments: [
        ("", ""), ("TQ", "M"), ("TQ==", "M"), ("TWE", "Ma"), ("TWE=", "Ma"), ("TWFu", "Man"),
        ("TWFuTWFu", "ManMan"), ("TWFuTWFuTQ", "ManManM"), ("Pj4-Pz8_", ">>>???"),
    ])
    func `what is written well is decoded`(text: String, bytes: String) {
        #expect(decoded(text, by: 1_000) == Array(bytes.utf8))
        #expect(decoded(text, by: 1) == Array(bytes.utf8))
    }

    @Test(arguments: [
        "T", "TWFuT", "TQ=", "TQ===", "TWE==", "TWFu=", "=", "====", "TR", "TWF", "TQ==TQ==",
        "TW+u", "TW/u", "TW u", "TWFu\n", "TWFu ", "T\u{E9}Fu", "TWE=u",
    ])
    func `what could be meant in two ways is refused`(text: String) {
        #expect(decoded(text, by: 1_000) == nil)
        #expect(decoded(text, by: 1) == nil)
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 62, 63, 64, 65, 1_000])
    func `every length survives every split, with and without padding (seed 41)`(length: Int) {
        var numbers = SeededNumbers(seed: 41)
        let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        let plain = Base64Text.of(bytes)
        let padded = plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        for split in 1...max(1, min(length, 70)) {
            #expect(decoded(plain, by: split) == bytes)
            #expect(decoded(padded, by: split) == bytes)
        }
    }

    private func decoded(_ text: String, by portion: Int) -> [UInt8]? {
        var stream = Base64URLStream()
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(portion))
            let taken = piece.withUnsafeBufferPointer { piece in
                piece.baseAddress.map { stream.take($0, piece.count) } ?? 0
            }
            guard taken == piece.count else { return nil }
            rest = rest.dropFirst(portion)
            bytes += stream.drain()
        }
        guard stream.end() else { return nil }
        return bytes + stream.drain()
    }
}

/// Base64url without padding, written the slow and plain way.
enum Base64Text {
    static func of(_ bytes: [UInt8]) -> String {
        let digits = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
        )
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0...group.count {
                text.append(digits[Int(bits >> (18 - 6 * UInt32(place)) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
