internal import GRDB
package import LarkiveCore

extension SQLiteManifest {
    /// The matching rows: those whose name is what the words say first, then those whose name begins
    /// so, has all of them, and the rest; newest first among these, then by number.
    package func find(_ query: FileQuery) throws(ManifestError) -> [FileRow] {
        try rows(of: try search(query).files)
    }

    /// As ``find(_:)``, with the number of those that the limit cut off, and without reading rows.
    package func search(_ query: FileQuery) throws(ManifestError) -> FoundFiles {
        // Not under one lock: without an index it reads every row, and commits would wait too long.
        try inDatabase { db in try FileSearch(query, db).found() }
    }

    /// Rows of these, in their order, as they are now.
    package func rows(
        of files: some Collection<FileVersion>
    ) throws(ManifestError) -> [FileRow] {
        var (found, rest) = ([FileRow](), files[...])
        while !rest.isEmpty {
            found += try page(of: rest.prefix(Self.page))
            rest = rest.dropFirst(Self.page)
        }
        return found
    }

    /// Reads rows of these in their order, a page at a time, so that many never stand in memory.
    ///
    /// Of none there is one page, an empty one.
    package func forEachPage(
        of files: some Collection<FileVersion>,
        _ take: ([FileRow]) throws -> Void
    ) throws {
        var rest = files[...]
        repeat {
            try take(page(of: rest.prefix(Self.page)))
            rest = rest.dropFirst(Self.page)
        } while !rest.isEmpty
    }

    private func page(
        of files: some Collection<FileVersion>
    ) throws(ManifestError) -> [FileRow] {
        try inSnapshot { db in
            let source = RowSource(db: db)
            return try files.compactMap { try source.row($0).map(FileRow.init) }
        }
    }

    /// So many are read under one lock, for which a commit waits.
    private static let page = 1_000
}

/// One look for files.
private struct FileSearch {
    private let query: FileQuery
    private let folded: FoldedQuery
    private let db: Database
    /// Nil where there is none that fits.
    private let index: SearchHits?

    /// So many rows are sorted out by reading them.
    private static let few = 200

    init(_ query: FileQuery, _ db: Database) throws {
        self.query = query
        self.db = db
        folded = try FoldedQuery(query, db)
        index = try SearchIndex.isUsable(db) ? SearchHits(folded, db) : nil
    }

    func found() throws -> FoundFiles {
        let found = try shown()
        return FoundFiles(
            files: found.hits.map { FileVersion($0.number, $0.version) },
            more: try more(than: found),
            isIndexed: index != nil
        )
    }

    struct Hits {
        var hits: [SearchHit]
        let amount: Amount
        /// How many of them are contents that were replaced since.
        let older: Int

        init(_ hits: [SearchHit], _ amount: Amount? = nil, older: Int = 0) {
            (self.hits, self.older) = (hits, older)
            self.amount = amount ?? .exactly(hits.count)
        }
    }

    /// How many match.
    enum Amount { case exactly(Int), atLeast(Int) }

    /// What is shown, in order.
    func shown() throws -> Hits {
        var found = try hits()
        found.hits = Array(found.hits.sorted().prefix(max(0, query.limit ?? .max)))
        return found
    }

    private func hits() throws -> Hits {
        let exact = ExactNumbers(query: query, db: db, isIndexed: index != nil)
        if let numbers = try exact.candidates() {
            return Hits(try tested(numbers, withOlder: query.olderVersions))
        }
        guard let index else {
            let all = try Int64.fetchAll(db, sql: "SELECT n FROM attachment")
            return Hits(try tested(all, withOlder: query.olderVersions))
        }
        let older = try older()
        if let task = query.task, case let own = try ExactNumbers.ofTask(task, db), !own.isEmpty {
            // The index knows summaries only; few summaries have another task's guid.
            let others = try index.all(upTo: Int(Int32.max))
            return Hits(try tested(Array(Set(own + others)), withOlder: false) + older)
        }
        guard !folded.words.isEmpty else {
            return whole(try index.best(query.limit, beginning: nil), of: .atLeast(0), older)
        }
        // One question to the index instead of one for each class, where few answer.
        let most = max(Self.few, countable)
        let all = try index.all(upTo: most)
        if all.count <= Self.few { return Hits(try tested(all, withOlder: false) + older) }
        let newest = try index.best(query.limit, beginning: try beginning(index))
        return whole(
            newest,
            of: all.count > most ? .atLeast(all.count) : .exactly(all.count),
            older
        )
    }

    /// So many tell how many more there are than are shown; of a long list its end tells it.
    private var countable: Int {
        guard let limit = query.limit, limit <= Self.longest else { return 0 }
        return max(0, limit) + FoundFiles.counted
    }

    private static let longest = 1_000

    private func whole(_ newest: [SearchHit], of amount: Amount, _ older: [SearchHit]) -> Hits {
        if query.limit.map({ newest.count < $0 }) ?? true { return Hits(newest + older) }
        let all: Amount =
            switch amount {
            case .exactly(let count): .exactly(count + older.count)
            case .atLeast(let count): .atLeast(count + older.count)
            }
        return Hits(newest + older, all, older: older.count)
    }

    /// Those whose name begins with the words, by reading what the index takes for some, where these
    /// are few: the index would read long lists for each letter.
    private func beginning(_ index: SearchHits) throws -> [SearchHit]? {
        guard let few = try index.beginning(upTo: Self.fewest) else { return nil }
        return try tested(few, withOlder: false).filter { $0.rank <= .prefix }
    }

    private static let fewest = 32

    /// Reads these attachments and keeps what matches.
    private func tested(_ numbers: [Int64], withOlder: Bool) throws -> [SearchHit] {
        let source = RowSource(db: db)
        return try numbers.flatMap { number in
            try source.rows(number, withOlder: withOlder).compactMap { row in
                folded.match(row).map { rank in
                    SearchHit(
                        rank: rank,
                        date: row["date"] ?? row["uploaded"],
                        number: number,
                        version: row["version"]
                    )
                }
            }
        }
    }

    /// Contents that were replaced since: few, and not in the index.
    private func older() throws -> [SearchHit] {
        guard query.olderVersions else { return [] }
        let changed = try Int64.fetchAll(
            db,
            sql: "SELECT rowid FROM search WHERE search MATCH ?",
            arguments: [SearchTag.changed]
        ).map(SearchDocument.number)
        let source = RowSource(db: db)
        return try tested(changed, withOlder: true).filter { hit in
            let newest: Int64? = try source.newest(hit.number)?["version"]
            return newest != hit.version
        }
    }

    private func more(than found: Hits) throws -> FoundFiles.More {
        let shown = found.hits.count
        let most = shown + FoundFiles.counted
        let count: Int
        switch found.amount {
        // A run may have added some between the two questions.
        case .exactly(let all): return .exactly(max(0, all - shown))
        case .atLeast(let some) where some > most: count = some
        case .atLeast(let some):
            count = try index?.count(upTo: most + 1).advanced(by: found.older) ?? some
        }
        return count > most ? .moreThan(FoundFiles.counted) : .exactly(max(0, count - shown))
    }
}
