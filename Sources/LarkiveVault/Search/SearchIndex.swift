internal import GRDB
internal import LarkiveCore

/// The table by which attachments are found by parts of words: made of the other tables, so that it
/// can be dropped and made again at any time; never a part of the fold.
///
/// Without content of its own, so that a document is taken out by naming its very tokens. Its column
/// is named for the version of the folding: a table with another one is none.
enum SearchIndex {
    static let table = "search"
    /// To make an index of more takes seconds.
    static let many: Int64 = 20_000
    /// Counts the ways in which documents were made of rows.
    private static let form = 3
    /// The only column; a change of the folding or of the documents gives it another name.
    static let column = "fold_\(Fold.version)_\(form)"
    /// What it and the tables in which FTS5 keeps it are called, as a list of SQL.
    static let names = ["", "_data", "_idx", "_content", "_docsize", "_config"]
        .map { "'\(table)\($0)'" }.joined(separator: ", ")

    private static var definition: String {
        """
        CREATE VIRTUAL TABLE search USING fts5(\(column), content='', columnsize=0, \
        tokenize='ascii')
        """
    }

    /// Whether it is there, made by this version of the folding; then it is whole.
    static func isUsable(_ db: Database, schema: String = "main") throws -> Bool {
        try String.fetchOne(
            db.cachedStatement(
                sql: "SELECT sql FROM \(schema).sqlite_master WHERE name = '\(table)'"
            )
        ) == definition
    }

    /// Makes it from the rows, in one transaction of the caller.
    static func make(_ db: Database) throws {
        try db.execute(sql: "DROP TABLE IF EXISTS \(table)")
        try db.execute(sql: definition)
        let rowids = try rowids(db)
        try setting("hashsize", 32 << 20, db)
        // Documents in the order of their rowids are written in long runs.
        for rowid in rowids.sorted() {
            guard let document = try SearchDocument.of(SearchDocument.number(of: rowid), db)
            else { continue }
            try insert(document, db)
        }
        try setting("hashsize", 1 << 20, db)
        if !rowids.isEmpty { try db.execute(sql: "INSERT INTO search(search) VALUES ('optimize')") }
    }

    private static func rowids(_ db: Database) throws -> [Int64] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT a.n, coalesce(m.date, a.uploaded) AS date FROM attachment a
                LEFT JOIN message m ON m.source = a.source AND m.id = a.message_id
                """
        )
        var rowids: [Int64] = []
        while let row = try rows.next() {
            rowids.append(SearchDocument.rowid(row["n"], row["date"]))
        }
        return rowids
    }

    static func setting(_ name: String, _ value: Int, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO search(search, rank) VALUES (?, ?)",
            arguments: [name, value]
        )
    }

    /// Replaces documents by others, sorted, so that they are written together.
    static func replace(
        _ changes: [(former: SearchDocument?, now: SearchDocument?)],
        _ db: Database
    )
        throws
    {
        let steps = changes.flatMap { change in
            [change.former.map { ($0, true) }, change.now.map { ($0, false) }].compactMap { $0 }
        }
        // What is removed comes before what takes its place.
        let sorted = steps.sorted { ($0.0.rowid, $0.1 ? 0 : 1) < ($1.0.rowid, $1.1 ? 0 : 1) }
        for (document, isFormer) in sorted {
            if isFormer { try delete(document, db) } else { try insert(document, db) }
        }
    }

    private static func insert(_ document: SearchDocument, _ db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT INTO search(rowid, \(column)) VALUES (?, ?)"
        ).execute(arguments: [document.rowid, document.tokens])
    }

    private static func delete(_ document: SearchDocument, _ db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT INTO search(search, rowid, \(column)) VALUES ('delete', ?, ?)"
        ).execute(arguments: [document.rowid, document.tokens])
    }
}

extension SQLiteManifest {
    /// Makes the search index where there is none that fits; for the holder of the lock.
    func makeSearchIndex(told: (String) -> Void = { _ in }) throws(ManifestError) {
        guard try !inDatabase({ db in try SearchIndex.isUsable(db) }) else { return }
        let count = try numbers().lastAttachment
        if count > SearchIndex.many {
            told("making the search index of \(count) attachments; this is done once")
        }
        try inTransaction { db in try SearchIndex.make(db) }
    }
}
