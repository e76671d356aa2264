internal import GRDB
internal import LarkiveCore

/// Holds the search index of an attached manifest against the rows that it is made of.
struct SearchCheck {
    /// So many attachments are compared token by token; of more only a sample is.
    private static let few: Int64 = 2_000
    /// Words of a document by which it is looked for.
    private static let words = 64

    let db: Database
    let schema: String
    /// FTS5's own check is written as if it were a change.
    let mayWrite: Bool

    /// Why the index is wrong; nil when nothing speaks against it, or there is none.
    func fault() throws -> String? {
        do {
            guard try SearchIndex.isUsable(db, schema: schema) else { return nil }
            if mayWrite {
                try db.execute(
                    sql: "INSERT INTO \(schema).search(search) VALUES ('integrity-check')"
                )
            }
            let count =
                try Int64.fetchOne(db, sql: "SELECT count(*) FROM \(schema).attachment") ?? 0
            return try compareCount(count)
                ?? (count <= Self.few ? compareAll() : compareSome(count))
        } catch let failure as DatabaseError where failure.resultCode == .SQLITE_CORRUPT {
            return failure.message ?? "damaged"
        }
    }

    private func compareCount(_ count: Int64) throws -> String? {
        let indexed = try Int64.fetchOne(
            db,
            sql: "SELECT count(*) FROM \(schema).search WHERE search MATCH ?",
            arguments: [SearchTag.all]
        )
        return indexed == count ? nil : "it has \(indexed ?? 0) of \(count) attachments"
    }

    private func compareAll() throws -> String? {
        var expected: [Int64: [Substring]] = [:]
        for number in try numbers(each: 1) {
            guard let document = try document(number) else { continue }
            expected[document.rowid] = document.tokens.split(separator: " ")
        }
        try db.execute(
            sql:
                "CREATE VIRTUAL TABLE temp.search_tokens USING fts5vocab('\(schema)', 'search', 'instance')"
        )
        defer { try? db.execute(sql: "DROP TABLE temp.search_tokens") }
        let rows = try Row.fetchCursor(db, sql: "SELECT doc, offset, term FROM temp.search_tokens")
        var found = 0
        while let row = try rows.next() {
            let (rowid, place, term): (Int64, Int, String) = (
                row["doc"], row["offset"], row["term"]
            )
            found += 1
            let tokens = expected[rowid] ?? []
            guard tokens.indices.contains(place), tokens[place] == term else {
                return Self.drift(rowid)
            }
        }
        let all = expected.values.map(\.count).reduce(0, +)
        return found == all ? nil : "it has \(found) of \(all) tokens"
    }

    /// Asks for documents by their own words; the newest, too, is one of them.
    private func compareSome(_ count: Int64) throws -> String? {
        for number in try numbers(each: count / Self.few) {
            guard let document = try document(number) else { continue }
            let words = document.tokens.split(separator: " ").prefix(Self.words)
            let isFound = try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM \(schema).search
                        WHERE search MATCH ? AND rowid = ?)
                    """,
                arguments: ["\"\(words.joined(separator: " "))\"", document.rowid]
            )
            if isFound != true { return Self.drift(document.rowid) }
        }
        return nil
    }

    private func numbers(each step: Int64) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                SELECT n FROM \(schema).attachment
                WHERE n % ?1 = (SELECT max(n) FROM \(schema).attachment) % ?1
                """,
            arguments: [step]
        )
    }

    private func document(_ number: Int64) throws -> SearchDocument? {
        try SearchDocument.of(number, db, schema: schema)
    }

    private static func drift(_ rowid: Int64) -> String {
        "attachment \(SearchDocument.number(of: rowid)) is not found by what it has, "
            + "or by what it has not"
    }
}
