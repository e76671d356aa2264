import LarkiveCore

@testable import LarkiveVault

/// The plain look.
struct FindModel {
    struct Key: Hashable {
        let number: Int64
        let version: Int64

        init(_ number: Int64, _ version: Int64) { (self.number, self.version) = (number, version) }
        init(_ row: FileRow) { self.init(row.id, row.version) }
    }

    struct Line {
        let key: Key
        let isNewest: Bool
        let content: SampleCatalogue.Content
        let entry: SampleCatalogue.Entry
        let parent: SampleCatalogue.Parent
        let name: String
        let texts: [String: [String]]

        var date: Int64? { parent.summary == nil ? parent.date : entry.uploaded }
        var source: String { SampleCatalogue.name(of: parent.source) }
    }

    let lines: [Line]

    init(_ catalogue: SampleCatalogue) {
        func fold(_ text: String?) -> [String] { text.map { [Fold.fold($0).text] } ?? [] }
        lines = catalogue.entries.flatMap { entry in
            let parent = catalogue.parents[entry.parent]
            let (subject, task) = (fold(parent.subject), fold(parent.summary))
            let sender = fold(parent.sender) + fold(parent.senderName)
            return entry.contents.enumerated().map { offset, content in
                Line(
                    key: Key(entry.number, Int64(offset) + 1),
                    isNewest: offset == entry.contents.count - 1,
                    content: content,
                    entry: entry,
                    parent: parent,
                    name: Fold.fold(content.name).text,
                    texts: [
                        "name": fold(content.name), "subject": subject, "sender": sender,
                        "task_summary": task,
                    ]
                )
            }
        }
    }

    func find(_ query: FileQuery) -> [Key] {
        let words = query.words.map { Fold.fold($0).text }.filter { !$0.isEmpty }
        return lines.filter { matches($0, query, words) }
            .map { (rank($0.name, words), $0) }
            .sorted { precedes($0, $1) }
            .map(\.1.key)
    }

    private func precedes(_ one: (Int, Line), _ other: (Int, Line)) -> Bool {
        if one.0 != other.0 { return one.0 < other.0 }
        let (date, next) = (one.1.date ?? .min, other.1.date ?? .min)
        if date != next { return date > next }
        if one.1.key.number != other.1.key.number { return one.1.key.number < other.1.key.number }
        return one.1.key.version > other.1.key.version
    }

    private func rank(_ name: String, _ words: [String]) -> Int {
        let joined = words.joined(separator: " ")
        if words.isEmpty || scalars(name) == scalars(joined) { return 0 }
        if scalars(name).starts(with: scalars(joined)) { return 1 }
        return words.allSatisfy { has($0, [name]) } ? 2 : 3
    }

    private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    private func has(_ word: String, _ texts: [String]) -> Bool {
        let word = scalars(word)
        return word.isEmpty || texts.contains { scalars($0).contains(word) }
    }

    private func matches(_ line: Line, _ query: FileQuery, _ words: [String]) -> Bool {
        guard line.isNewest || (query.olderVersions && line.content.digest != nil),
            words.allSatisfy({ has($0, line.texts.values.flatMap { $0 }) }),
            query.containing.allSatisfy({ column, text in
                has(Fold.fold(text).text, line.texts[column] ?? [])
            }), query.equal.allSatisfy({ equals(line, $0.key, $0.value) })
        else { return false }
        return has(line, query) && inRange(line, query) && isOfTask(line, query.task)
    }

    private func has(_ line: Line, _ query: FileQuery) -> Bool {
        if let prefix = query.sha256Prefix, line.content.digest?.hasPrefix(prefix) != true {
            return false
        }
        if let id = query.id, id != line.key.number { return false }
        if let version = query.version, version != line.key.version { return false }
        return !query.onlyVanished || line.entry.isVanished
    }

    private func isOfTask(_ line: Line, _ task: String?) -> Bool {
        guard let task else { return true }
        return line.parent.summary != nil && line.parent.id == task
            || has(Fold.fold(task).text, line.texts["task_summary"] ?? [])
    }

    private func inRange(_ line: Line, _ query: FileQuery) -> Bool {
        func isWithin(_ value: Int64?, _ least: Int64?, _ most: Int64?) -> Bool {
            guard least != nil || most != nil else { return true }
            guard let value else { return false }
            return value >= least ?? .min && value <= most ?? .max
        }
        let before = query.before.map { $0.milliseconds - 1 }
        return isWithin(line.date, query.after?.milliseconds, before)
            && isWithin(line.content.size, query.minSize, query.maxSize)
    }

    private func equals(_ line: Line, _ column: String, _ value: String) -> Bool {
        let isMail = line.parent.summary == nil
        let id = line.entry.key.attachment.rawValue
        return switch column {
        case "key": line.entry.key.description == value
        case "source": line.entry.sources.map(SampleCatalogue.name).contains(value)
        case "mailbox": line.source == "mail:\(value)"
        case "message_id": isMail && line.parent.id == value
        case "attachment_id": isMail && id == value
        case "guid": !isMail && id == value
        default: false
        }
    }
}
