import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        (#"{"b":1,"a":[true,null,"x"]}"#, #"{"a":[true,null,"x"],"b":1}"#),
        (#" { "a" : -5 } "#, #"{"a":-5}"#),
        (#""\u4f60\u597d\/\ud83d\ude00""#, "\"你好/😀\""),
        (#""\ud800x""#, "\"\u{FFFD}x\""),
        (#"[1.0,1e2,-0,9223372036854775808]"#, #"[1.0,1e2,-0,9223372036854775808]"#),
        (#""\u001b\u0000\n""#, #""\u001b\u0000\n""#),
    ])
    func `reading and writing sorted gives one form`(text: String, expected: String) throws {
        let value = try JSONReader.read(Array(text.utf8))
        #expect(JSONWriter.text(of: value.sorted) == expected)
    }

    @Test(arguments: [
        ("plain 报价\n", #""plain 报价\n""#), ("\u{9B}2J", #""\u009b2J""#), ("\u{7F}", #""\u007f""#),
        ("a\u{202E}b\u{2028}", #""a\u202eb\u2028""#), ("\u{FEFF}\u{61C}", #""\ufeff\u061c""#),
    ])
    func `what a terminal obeys is printed as an escape of the same value`(
        text: String,
        printed: String
    ) throws {
        let value = JSON.object(["x": .string(text)])
        #expect(JSONWriter.shownText(of: value) == "{\"x\":\(printed)}")
        #expect(try JSONReader.read(Array(JSONWriter.shownText(of: value).utf8)) == value)
        // What is hashed stays as it was.
        #expect(JSONWriter.text(of: .string("a\u{202E}")) == "\"a\u{202E}\"")
    }

    @Test(arguments: [
        ("", JSONError.Kind.unexpectedEnd), ("{", .unexpectedEnd), ("[1,]", .unexpectedByte),
        ("01", .badNumber), ("1.", .badNumber), (#""\x""#, .badEscape), ("1 1", .trailingBytes),
        ("\"\u{1}\"", .unexpectedByte), ("\u{FEFF}1", .unexpectedByte), ("tru", .unexpectedEnd),
    ])
    func `malformed text is refused`(text: String, kind: JSONError.Kind) {
        let error = #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8)) }
        #expect(error?.kind == kind)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        let error = #expect(throws: JSONError.self) {
            try JSONReader.read([0x22, 0xC3, 0x28, 0x22])
        }
        #expect(error?.kind == .badUTF8)
    }

    @Test func `a name that stands twice counts once or is refused`() throws {
        let text = Array(#"{"a":1,"a":2}"#.utf8)
        #expect(try JSONReader.read(text)["a"] == 1)
        let error = #expect(throws: JSONError.self) {
            try JSONReader.read(text, duplicates: .refused)
        }
        #expect(error?.kind == .duplicateName("a"))
    }

    @Test func `depth is bounded`() {
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        let error = #expect(throws: JSONError.self) { try JSONReader.read(deep) }
        #expect(error?.kind == .tooDeep)
    }

    @Test(arguments: UInt64(0)..<200)
    func `what is written reads back to the same value, and Foundation agrees`(seed: UInt64) throws
    {
        var random = SeededGenerator(seed: seed)
        let value = JSON.random(depth: 4, using: &random)
        let bytes = JSONWriter.bytes(of: .array([value]))
        #expect(try JSONReader.read(bytes) == .array([value]))
        let theirs = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [Any])
        #expect(NSArray(array: theirs) == NSArray(array: [value.foundation]))
    }
}

extension JSON {
    fileprivate static func random(depth: Int, using random: inout SeededGenerator) -> JSON {
        switch Int.random(in: 0..<(depth == 0 ? 4 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: -(1 << 53)...(1 << 53), using: &random))
        case 3: return .string(text(using: &random))
        case 4:
            return .array(
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in
                    JSON.random(depth: depth - 1, using: &random)
                }
            )
        default:
            let names = Set((0..<3).map { _ in text(using: &random) }).sorted()
            return .object(
                JSONObject(
                    names.map {
                        JSONObject.Member(
                            name: $0,
                            value: JSON.random(depth: depth - 1, using: &random)
                        )
                    }
                )
            )
        }
    }

    private static func text(using random: inout SeededGenerator) -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "\"", "\\", "\n", "\u{1B}", "报", "\u{1F600}", "/", "\u{7F}",
        ]
        return (0..<Int.random(in: 0..<8, using: &random)).map { _ in
            String(Character(scalars[Int.random(in: 0..<scalars.count, using: &random)]))
        }.joined()
    }

    fileprivate var foundation: Any {
        switch self {
        case .null: NSNull()
        case .bool(let value): NSNumber(value: value)
        case .integer(let value): NSNumber(value: value)
        case .number(let text), .string(let text): text
        case .array(let items): items.map(\.foundation)
        case .object(let object):
            Dictionary(uniqueKeysWithValues: object.members.map { ($0.name, $0.value.foundation) })
        }
    }
}
