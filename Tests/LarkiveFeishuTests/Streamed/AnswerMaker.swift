import LarkiveCore
@testable import LarkiveFeishu

/// Makes answers at random, many of them broken.
struct AnswerMaker {
    private var numbers: SeededNumbers

    init(seed: UInt64) { numbers = SeededNumbers(seed: seed) }

    mutating func text() -> [UInt8] {
        var text = Array(top().utf8)
        for _ in 0..<(below(2) * below(3)) where !text.isEmpty {
            let place = below(text.count)
            switch below(3) {
            case 0: text[place] = UInt8(below(256))
            case 1: text.remove(at: place)
            default: text.insert(Array(#"{}[],:"\0e-."#.utf8)[below(12)], at: place)
            }
        }
        return text
    }

    mutating func cuts(_ count: Int) -> [Int] {
        guard count > 1 else { return [] }
        return Set((0..<below(5)).map { _ in 1 + below(count - 1) }).sorted()
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &numbers) }

    private mutating func top() -> String {
        below(4) == 0
            ? value(3)
            : #"{"data":{"\#(below(5) == 0 ? "message" : "messages")":\#(value(4))},"code":0}"#
    }

    private mutating func value(_ depth: Int) -> String {
        switch below(depth > 0 ? 8 : 5) {
        case 0: ["0", "-1", "12.5", "1e9", "-0", "9223372036854775808"][below(6)]
        case 1: ["true", "false", "null"][below(3)]
        case 2...4: string()
        case 5: "[" + (0..<below(4)).map { _ in value(depth - 1) }.joined(separator: " ,") + "]"
        default:
            "{"
                + (0..<below(4)).map { _ in name() + ": " + value(depth - 1) }.joined(
                    separator: ","
                )
                + "}"
        }
    }

    private mutating func name() -> String {
        let names = [
            "body", "attachments", "body_html", "id", "data", "messages", "b\\u006fdy",
            "body_preview",
        ]
        return "\"\(names[below(names.count)])\""
    }

    private mutating func string() -> String {
        let parts = [
            "TWFu", "-_", "=", "é", "报", "😀", "\\u00e9", "\\ud83d\\ude00", "\\ud800", "\\udc00x",
            "\\n", "\\\"", "\\\\", "\\/", " ", "TQ",
        ]
        return "\"" + (0..<below(5)).map { _ in parts[below(parts.count)] }.joined() + "\""
    }
}
