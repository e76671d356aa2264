import LarkiveCore
import LarkiveTesting

@testable import LarkiveVault

/// Queries that often match something.
struct QueryMaker {
    let model: FindModel
    var random: SeededGenerator

    mutating func next() -> FileQuery {
        var query = FileQuery()
        let line = model.lines[pick(model.lines.count)]
        let texts = line.texts.values.flatMap { $0 }.sorted()
        for _ in 0..<[0, 1, 1, 1, 2, 3][pick(6)] { query.words.append(part(texts)) }
        if pick(12) == 0 { query.words = [line.content.name] }
        if pick(6) == 0 { query.containing["name"] = part([line.name]) }
        if pick(6) == 0 { query.containing["sender"] = part(line.texts["sender"] ?? []) }
        if pick(10) == 0 {
            query.task = part(line.texts["task_summary"] ?? [])
        }
        if pick(6) == 0 { query.equal["source"] = line.source }
        if pick(12) == 0 { query.equal["mailbox"] = "box1@corp.example" }
        if pick(6) == 0 { query.onlyVanished = true }
        if pick(4) == 0 { query.olderVersions = true }
        if pick(5) == 0 { identify(line, &query) }
        narrow(line, &query)
        if pick(2) == 0 { query.limit = [0, 1, 2, 5, 20, 100][pick(6)] }
        return query
    }

    private mutating func identify(_ line: FindModel.Line, _ query: inout FileQuery) {
        switch pick(7) {
        case 0: query.id = line.key.number
        case 1: query.equal["key"] = line.entry.key.description
        case 2: query.equal["message_id"] = line.parent.id
        case 3: query.equal["attachment_id"] = line.entry.key.attachment.rawValue
        case 4: query.equal["guid"] = line.entry.key.attachment.rawValue
        case 5: query.task = line.parent.id
        default: query.sha256Prefix = String((line.content.digest ?? "ab").prefix(1 + pick(64)))
        }
        if pick(3) == 0 { query.version = line.key.version }
    }

    private mutating func narrow(_ line: FindModel.Line, _ query: inout FileQuery) {
        let date = Timestamp(milliseconds: line.date ?? 0)
        if pick(6) == 0 { query.after = date.advanced(bySeconds: Int64(pick(3) - 1) * 40_000) }
        if pick(6) == 0 { query.before = date.advanced(bySeconds: Int64(pick(3)) * 40_000) }
        if pick(6) == 0 { query.minSize = (line.content.size ?? 0) + Int64(pick(3)) - 1 }
        if pick(6) == 0 { query.maxSize = (line.content.size ?? 0) + Int64(pick(3)) - 1 }
    }

    /// A piece of one of the texts, sometimes in capitals or full width.
    private mutating func part(_ texts: [String]) -> String {
        guard !texts.isEmpty else { return "none" }
        let scalars = Array(texts[pick(texts.count)].unicodeScalars)
        guard !scalars.isEmpty else { return "" }
        let start = pick(scalars.count)
        let length = min(1 + pick(6), scalars.count - start)
        var piece = String.UnicodeScalarView()
        piece.append(contentsOf: scalars[start..<start + length])
        switch pick(4) {
        case 0: return String(piece).uppercased()
        case 1: return wide(piece)
        default: return String(piece)
        }
    }

    private func wide(_ scalars: String.UnicodeScalarView) -> String {
        var wide = String.UnicodeScalarView()
        for scalar in scalars {
            let isPlain = (0x21...0x7E).contains(scalar.value)
            wide.append(isPlain ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar)
        }
        return String(wide)
    }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
}
