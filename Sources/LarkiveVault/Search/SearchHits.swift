internal import GRDB
internal import LarkiveCore

/// An attachment that matches, with all that its place in the order depends on.
struct SearchHit: Comparable, Sendable {
    let rank: MatchClass
    let date: Int64?
    let number: Int64
    let version: Int64

    /// Better matches first, then newer ones, then by number; what has no date comes last.
    static func < (one: Self, other: Self) -> Bool {
        if one.rank != other.rank { return one.rank < other.rank }
        if one.date != other.date {
            guard let date = one.date else { return false }
            return other.date.map { date > $0 } ?? true
        }
        if one.number != other.number { return one.number < other.number }
        return one.version > other.version
    }
}

/// Finds attachments in their newest version by the search index.
struct SearchHits {
    private let db: Database
    private let expression: SearchExpression
    private let conditions: [String]
    private let values: [any DatabaseValueConvertible]

    init(_ folded: FoldedQuery, _ db: Database) throws {
        self.db = db
        let sizes = try SizesInUse(db).tags(of: folded.query)
        expression = SearchExpression(folded: folded, sizes: sizes)
        var (conditions, values) = ([String](), [any DatabaseValueConvertible]())
        func add(_ condition: String, _ value: any DatabaseValueConvertible...) {
            conditions.append(condition)
            values += value
        }
        let query = folded.query
        // The day narrows what the index reads; the rest is asked of the rows.
        if let after = query.after?.milliseconds {
            add("s.rowid >= ?", SearchDocument.rowid(0, after))
            add("coalesce(m.date, a.uploaded) >= ?", after)
        }
        if let before = query.before?.milliseconds {
            add("s.rowid <= ?", SearchDocument.rowid(0xFFFF_FFFF, before))
            add("coalesce(m.date, a.uploaded) < ?", before)
        }
        if let least = query.minSize { add("coalesce(o.size, v.size) >= ?", least) }
        if let most = query.maxSize { add("coalesce(o.size, v.size) <= ?", most) }
        if let prefix = query.sha256Prefix, prefix.utf8.count > SearchTag.digits,
            let range = ExactNumbers.digests(prefix)
        {
            add("v.digest BETWEEN ? AND ?", range.first, range.last)
        }
        if let version = query.version { add("a.version = ?", version) }
        (self.conditions, self.values) = (conditions, values)
    }

    /// All of them, in no order; when there are more than so many, one more than that.
    func all(upTo most: Int) throws -> [Int64] {
        try numbers(expression.all, upTo: most + 1)
    }

    /// The numbers of all whose name begins with the words, and of others; nil when these are more
    /// than so many.
    func beginning(upTo most: Int) throws -> [Int64]? {
        guard let beginning = expression.beginning else { return nil }
        let found = try numbers(beginning, upTo: most + 1)
        return found.count > most ? nil : found
    }

    private func numbers(_ expression: String, upTo most: Int) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: "SELECT s.rowid \(tables(!conditions.isEmpty)) LIMIT \(most)",
            arguments: arguments(expression)
        ).map(SearchDocument.number)
    }

    /// The best, at least as many as asked for if there are, in no order; `beginning` are those of
    /// the best classes, where they are known already.
    func best(_ limit: Int?, beginning: [SearchHit]?) throws -> [SearchHit] {
        var hits = beginning ?? []
        let classes = expression.classes.filter { beginning == nil || $0 > .prefix }
        for rank in classes where hits.count < limit ?? .max {
            try append(rank, to: &hits, limit ?? .max)
        }
        return hits
    }

    /// Newest day first; a day that is begun is read to its end, since within it the order is another.
    private func append(_ rank: MatchClass, to hits: inout [SearchHit], _ limit: Int) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT s.rowid, a.version, coalesce(m.date, a.uploaded) AS date \(tables(true)) "
                + "ORDER BY s.rowid DESC",
            arguments: arguments(expression.of(rank))
        )
        var day: Int64?
        while let row = try rows.next() {
            let rowid: Int64 = row["rowid"]
            if hits.count >= limit, rowid >> 32 != day { return }
            day = rowid >> 32
            hits.append(
                SearchHit(
                    rank: rank,
                    date: row["date"],
                    number: SearchDocument.number(of: rowid),
                    version: row["version"]
                )
            )
        }
    }

    /// How many there are in all, counted up to a number.
    func count(upTo most: Int) throws -> Int {
        try Int.fetchOne(
            db,
            sql: "SELECT count(*) FROM (SELECT 1 \(tables(!conditions.isEmpty)) LIMIT \(most))",
            arguments: arguments(expression.all)
        ) ?? 0
    }

    private func tables(_ needsRows: Bool) -> String {
        let rows = """
            CROSS JOIN attachment a ON a.n = (s.rowid & 0xFFFFFFFF)
            CROSS JOIN version v ON v.attachment = a.n AND v.n = a.version
            LEFT JOIN object o ON o.digest = v.digest
            LEFT JOIN message m ON m.source = a.source AND m.id = a.message_id
            """
        let all = ["search MATCH ?"] + conditions
        return "FROM search s \(needsRows ? rows : "") WHERE \(all.joined(separator: " AND "))"
    }

    private func arguments(_ match: String) -> StatementArguments {
        StatementArguments([match] + values)
    }
}
