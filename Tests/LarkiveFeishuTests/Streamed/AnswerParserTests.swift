import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct AnswerParserTests {
    private static let sample = """
        {"code":0,"msg":"\\u5b8c\\ud83d\\ude00 \\ud800 \\"x\\\\","data":{"messages":[
        {"message_id":"m1","body_html":"PGI-\\u00e9 \\/ é","subject":"季度 \\t 报告","n":[1,-2.5e3,true,null,{}],
        "attachments":[{"body":"TWFuTWFuTQ==","id":"a","filename":"x.txt"},{"id":"b","body":null},
        {"id":"c","body":"\(Base64Text.of(Array(repeating: 7, count: 200)))"},
        {"id":"d","body":"TWFu\\u002d"},{"id":"e","body":""},{"id":"f","body":"TW+u"},
        {"id":"g","body":"TWFu","body":"TWFu"},{"id":"h","body":5}]},
        {"message_id":"m2","attachments":[{"body":"TQ","id":"a"}]}]},"body":"TWFu","empty":[],"x":{} }
        """

    @Test func `files come out of attachments and nothing else does`() throws {
        let read = try Self.read(Self.sample, [])
        #expect(
            read.files == [
                BodyPlace(message: 0, attachment: 0): Array("ManManM".utf8),
                BodyPlace(message: 0, attachment: 2): Array(repeating: 7, count: 200),
                BodyPlace(message: 1, attachment: 0): Array("M".utf8),
            ]
        )
        let first = read.tree["data"]?["messages"]?.array?.first
        #expect(first?["body_html"] == "")
        #expect(first?["subject"] == "季度 \t 报告")
        #expect(first?["attachments"]?.array?.first?["body"] == "")
        #expect(read.tree["body"] == "TWFu")
    }

    @Test func `where the pieces are cut makes no difference`() throws {
        let whole = try Self.read(Self.sample, [])
        for place in 1..<Self.sample.utf8.count {
            #expect(try Self.read(Self.sample, [place]) == whole, "cut at \(place)")
        }
        #expect(try Self.read(Self.sample, Array(1..<Self.sample.utf8.count)) == whole)
    }

    @Test func `a single message carries files as well`() throws {
        let text = #"{"data":{"message":{"attachments":[{"body":"TWFu"}]}}}"#
        let read = try Self.read(text, [])
        #expect(read.files == [BodyPlace(message: nil, attachment: 0): Array("Man".utf8)])
    }

    @Test(arguments: [
        #"{"data":{"messages":[{"attachments":[{"body":"TW\u002du"}]}]}}"#,
        #"{"data":{"messages":[{"attachments":[{"body":"TW\/u"}]}]}}"#,
        #"{"data":{"messages":[{"attachments":[{"body":"TWFué"}]}]}}"#,
        #"{"data":{"messages":[{"attachments":[{"body":"TWFu "}]}]}}"#,
        #"{"data":{"messages":[{"attachments":[{"body":"TWFuT"}]}]}}"#,
        #"{"data":{"messages":[{"attachments":[{"body":"TR"}]}]}}"#,
        #"{"data":{"messages":[{"attachments":[{"body":""}]}]}}"#,
        #"{"data":{"messages":[{"attachments":[{"body":null,"body":"TWFu"}]}]}}"#,
        #"{"data":{"messages":[{"attachments":[{"body":"TWFu","\u0062ody":1}]}]}}"#,
        #"{"data":{"messages":[{"attachments":[{"body":["TWFu"]}]}]}}"#,
        #"{"data":{"messages":[{"attachments":[],"attachments":[{"body":"TWFu"}]}]}}"#,
        #"{"data":{"messages":[[{"attachments":[{"body":"TWFu"}]}]]}}"#,
        #"{"data":{"messages":{"attachments":[{"body":"TWFu"}]}}}"#,
        #"{"data":[{"messages":[{"attachments":[{"body":"TWFu"}]}]}]}"#,
    ])
    func `a file in doubt is no file, and the answer is read all the same`(text: String) throws {
        for cut in 0..<text.utf8.count {
            #expect(try Self.read(text, cut == 0 ? [] : [cut]).files.isEmpty)
        }
    }

    @Test(arguments: [
        "", " ", "{", "[1", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "[1,]", "[,1]", "{,}", "[1 2]",
        #"{"a":1 "b":2}"#, "01", "1.", "1e", "-", "+1", "tru", "truex", "nul", "1 1", "{}{}", "[}",
        "{]", #""\x""#, #""\u12""#, #""\u123g""#, "\"a\nb\"", "\"\u{1}\"", #"{1:2}"#, #"{"a":1"#,
        #""abc"#, "\u{FEFF}{}", "'a'", "[\"a\\\"]", #"{"a"::1}"#, "NaN", "/*x*/1",
        #"{"data":{"messages":[{"attachments":[{"body":"TWFu\x"}]}]}}"#,
        #"{"data":{"messages":[{"body_html":"\u12x4"}]}}"#,
        "{\"data\":{\"messages\":[{\"body_html\":\"a\u{2}\"}]}}",
        #"{"data":{"messages":[{"attachments":[{"body":"TWFu"#,
    ])
    func `what is no JSON is refused, as by the other reader`(text: String) {
        #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8)) }
        for cut in 0..<max(1, text.utf8.count) {
            #expect(throws: AnswerFault.self) { try Self.read(text, cut == 0 ? [] : [cut]) }
        }
    }

    @Test(arguments: [64, 65]) func `depth is bounded as in the other reader`(depth: Int) {
        let text = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        let isRefused = (try? JSONReader.read(Array(text.utf8))) == nil
        #expect(isRefused == (depth == 65))
        #expect(((try? Self.read(text, [])) == nil) == isRefused)
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        [0x22, 0xC0, 0x80, 0x22],
    ])
    func `bytes that are no UTF-8 are refused, kept or dropped`(bytes: [UInt8]) {
        let dropped =
            Array(#"{"data":{"messages":[{"body_html":"#.utf8) + bytes + Array("}]}}".utf8)
        for text in [bytes, dropped] {
            #expect(throws: AnswerFault.notJSON(.badUTF8)) {
                var parser = AnswerParser(AnswerLimits(messages: 1), takesBodies: true)
                _ = try parser.take(text)
                _ = try parser.end()
            }
        }
    }

    @Test func `both readers agree on ten thousand texts, good and bad (seed 42)`() throws {
        var maker = AnswerMaker(seed: 42)
        var good = 0
        for _ in 0..<10_000 {
            let text = maker.text()
            let cuts = maker.cuts(text.count)
            let expected = try? JSONReader.read(text)
            let found = try? Self.read(text, cuts)
            let words = String(decoding: text, as: UTF8.self)
            #expect(found?.tree == expected.map(Blanked.answer), "\(words), cut at \(cuts)")
            if expected != nil { good += 1 }
        }
        #expect((2_000...8_000).contains(good))
    }

    @Test func `what is kept, counted or streamed has a limit`() {
        let fat = "[\"" + String(repeating: "x", count: 17 << 20) + "\"]"
        #expect(throws: AnswerFault.tooLarge) { try Self.read(fat, []) }
        let many = "[" + String(repeating: "1,", count: 1 << 19) + "1]"
        #expect(throws: AnswerFault.tooLarge) { try Self.read(many, []) }
        var limits = AnswerLimits(messages: 2)
        limits.streamed = 1_000
        let long = String(repeating: "TWFu", count: 300)
        let text = #"{"data":{"messages":[{"attachments":[{"body":"\#(long)"}]}]}}"#
        #expect(throws: AnswerFault.tooLarge) { try Self.read(text, [], limits) }
    }

    @Test func `a file larger than documented is left to its link`() throws {
        let block = [UInt8](repeating: UInt8(ascii: "A"), count: 1 << 20)
        var parser = AnswerParser(AnswerLimits(messages: 20), takesBodies: true)
        var events: [BodyEvent] = []
        _ = try parser.take(Array(#"{"data":{"messages":[{"attachments":[{"body":""#.utf8))
        for _ in 0..<50 { events += try parser.take(block).filter { !$0.isBytes } }
        events += try parser.take(Array(#""}]}]}}"#.utf8))
        _ = try parser.end()
        #expect(events == [.doubt(BodyPlace(message: 0, attachment: 0))])
    }

    struct Read: Equatable {
        let tree: JSON
        let files: [BodyPlace: [UInt8]]
    }

    static func read(_ text: String, _ cuts: [Int]) throws -> Read {
        try read(Array(text.utf8), cuts)
    }

    static func read(_ text: String, _ cuts: [Int], _ limits: AnswerLimits) throws -> Read {
        try read(Array(text.utf8), cuts, limits)
    }

    /// Reads a text that comes in pieces, cut where it is said.
    static func read(
        _ text: [UInt8],
        _ cuts: [Int],
        _ limits: AnswerLimits = AnswerLimits(messages: 20)
    ) throws -> Read {
        var parser = AnswerParser(limits, takesBodies: true)
        var files: [BodyPlace: [UInt8]] = [:]
        var current: (place: BodyPlace, bytes: [UInt8])?
        for (start, end) in zip([0] + cuts, cuts + [text.count]) {
            for event in try parser.take(Array(text[start..<end])) {
                switch event {
                case .begin(let place): current = (place, [])
                case .bytes(let bytes): current?.bytes += bytes
                case .end: if let current { files[current.place] = current.bytes }
                case .doubt(let place): files[place] = nil
                }
            }
        }
        return Read(tree: try parser.end(), files: files)
    }
}

extension BodyEvent {
    fileprivate var isBytes: Bool { if case .bytes = self { true } else { false } }
}
