internal import GRDB
internal import LarkiveCore

/// A query with its texts folded and the names of sources resolved.
struct FoldedQuery {
    let words: [Folded]
    /// The words with a space between, as a name would be written.
    let joined: Folded
    let fields: [(field: SearchField, text: Folded)]
    /// What the task's guid or its summary must be.
    let task: (guid: String, summary: Folded)?
    /// Sources of which it must be listed, each; nil stands for one that there is not.
    let sources: [Int64?]
    let query: FileQuery

    private static let columns: [String: SearchField] = [
        "name": .name, "subject": .subject, "sender": .sender, "task_summary": .task,
    ]

    init(_ query: FileQuery, _ db: Database) throws {
        self.query = query
        words = query.words.map(Fold.fold).filter { !$0.isEmpty }
        joined = Folded(text: words.map(\.text).joined(separator: " "), isCut: false)
        fields = query.containing.sorted { $0.key < $1.key }.compactMap { column, text in
            let (field, folded) = (Self.columns[column], Fold.fold(text))
            return folded.isEmpty ? nil : field.map { ($0, folded) }
        }
        let summary = Fold.fold(query.task ?? "")
        task = summary.isEmpty ? nil : query.task.map { ($0, summary) }
        sources = try Self.sourceNames(query).map { name in
            try Int64.fetchOne(db, sql: "SELECT n FROM source WHERE name = ?", arguments: [name])
        }
    }

    private static func sourceNames(_ query: FileQuery) -> [String] {
        let named = query.equal["source"].map { [$0] } ?? []
        return named + (query.equal["mailbox"].map { ["mail:\($0)"] } ?? [])
    }
}

// MARK: how well a row matches

/// How well an attachment answers words, best first.
enum MatchClass: Int, CaseIterable, Comparable, Sendable {
    case exactName, prefix, name, anywhere

    static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

extension FoldedQuery {
    /// Nil when the row does not match; the row is one of `RowSource`.
    func match(_ row: Row) -> MatchClass? {
        guard hasFacts(row) else { return nil }
        let texts = RowTexts(row)
        guard fields.allSatisfy({ texts.has($0.text, in: $0.field) }),
            words.allSatisfy(texts.has), isOfTask(row, texts)
        else { return nil }
        return rank(of: texts.name)
    }

    private func isOfTask(_ row: Row, _ texts: RowTexts) -> Bool {
        guard let task else { return true }
        let guid: String? = row["task_guid"]
        return guid == task.guid || texts.has(task.summary, in: .task)
    }

    private func rank(of name: Folded) -> MatchClass {
        if words.isEmpty { return .exactName }
        if name.begins(with: joined) {
            return name.text.utf8.count == joined.text.utf8.count && !name.isCut
                ? .exactName : .prefix
        }
        return words.allSatisfy(name.contains) ? .name : .anywhere
    }

    private func hasFacts(_ row: Row) -> Bool {
        let (sent, uploaded): (Int64?, Int64?) = (row["date"], row["uploaded"])
        let (date, size): (Int64?, Int64?) = (sent ?? uploaded, row["size"])
        let (id, version, gone): (Int64, Int64, String?) =
            (row["id"], row["version"], row["vanished"])
        if let after = query.after, date.map({ $0 < after.milliseconds }) ?? true { return false }
        if let before = query.before, date.map({ $0 >= before.milliseconds }) ?? true {
            return false
        }
        if let least = query.minSize, size.map({ $0 < least }) ?? true { return false }
        if let most = query.maxSize, size.map({ $0 > most }) ?? true { return false }
        if let wanted = query.id, wanted != id { return false }
        if let wanted = query.version, wanted != version { return false }
        if query.onlyVanished, gone == nil { return false }
        return hasIdentity(row) && isListed(row)
    }

    private func hasIdentity(_ row: Row) -> Bool {
        let sha256: String? = row["sha256"]
        if let prefix = query.sha256Prefix, sha256?.hasPrefix(prefix) != true { return false }
        return query.equal.allSatisfy { column, text in
            if column == "source" || column == "mailbox" { return true }
            let value: String? = row.hasColumn(column) ? row[column] : nil
            return value == text
        }
    }

    private func isListed(_ row: Row) -> Bool {
        guard !sources.isEmpty else { return true }
        let seen: String? = row["seen"]
        let numbers = (seen ?? "").split(separator: " ").compactMap { Int64($0) }
        return sources.allSatisfy { source in source.map(numbers.contains) ?? false }
    }
}

/// The texts of a row in which words are looked for.
private struct RowTexts {
    let name: Folded
    private let texts: [(field: SearchField, text: Folded)]

    init(_ row: Row) {
        let columns: [(String, SearchField)] = [
            ("name", .name), ("subject", .subject), ("sender", .sender), ("sender_name", .sender),
            ("task_summary", .task),
        ]
        texts = columns.compactMap { column, field in
            let text: String? = row[column]
            return text.map { (field, Fold.fold($0)) }
        }
        name = texts.first?.text ?? Folded(text: "", isCut: false)
    }

    func has(_ text: Folded, in field: SearchField) -> Bool {
        texts.contains { $0.field == field && $0.text.contains(text) }
    }

    func has(_ text: Folded) -> Bool { texts.contains { $0.text.contains(text) } }
}
