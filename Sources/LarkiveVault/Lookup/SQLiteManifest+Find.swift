internal import GRDB
package import LarkiveCore

extension SQLiteManifest {
    /// The matching rows: those whose name is what the words say first, then those whose name begins
    /// so, has all of them, and the rest; newest first among these, then by number.
    package func find(_ query: FileQuery) throws(ManifestError) -> [FileRow] {
        let found = try inDatabase { db in try FileSearch(query, db).shown() }
        return try rows(of: found.hits[...], withOlder: query.olderVersions)
    }

    /// As ``find(_:)``, with the number of those that the limit cut off, and without reading rows.
    package func search(_ query: FileQuery) throws(ManifestError) -> FoundFiles {
        try inDatabase { db in try FileSearch(query, db).found() }
    }

    /// Rows of what was found, as they are now.
    package func rows(
        of found: FoundFiles,
        at places: Range<Int>
    ) throws(ManifestError) -> [FileRow] {
        try rows(of: found.hits[places.clamped(to: 0..<found.count)], withOlder: found.withOlder)
    }

    private func rows(
        of hits: ArraySlice<SearchHit>,
        withOlder: Bool
    ) throws(ManifestError) -> [FileRow] {
        try inDatabase { db in
            let source = RowSource(db: db)
            return try hits.compactMap { hit in
                try source.rows(hit.number, withOlder: withOlder)
                    .first { $0["version"] == hit.version }.map(FileRow.init)
            }
        }
    }
}

/// One look for files.
private struct FileSearch {
    private let query: FileQuery
    private let folded: FoldedQuery
    private let db: Database
    private let isIndexed: Bool

    /// So many rows are sorted out by reading them.
    private static let few = 200

    init(_ query: FileQuery, _ db: Database) throws {
        self.query = query
        self.db = db
        folded = try FoldedQuery(query, db)
        isIndexed = try SearchIndex.isUsable(db)
    }

    func found() throws -> FoundFiles {
        let (hits, known) = try shown()
        return FoundFiles(
            hits: hits,
            withOlder: query.olderVersions,
            more: try more(than: hits.count, known: known),
            isIndexed: isIndexed
        )
    }

    /// What is shown, in order, and how many match: nil when there may be more than were looked at.
    func shown() throws -> (hits: [SearchHit], known: Int?) {
        let (hits, isWhole) = try hits()
        let shown = hits.sorted().prefix(max(0, query.limit ?? .max))
        return (Array(shown), isWhole ? hits.count : nil)
    }

    private func hits() throws -> (hits: [SearchHit], isWhole: Bool) {
        if let numbers = try ExactNumbers(query: query, db: db, isIndexed: isIndexed).candidates() {
            return (try tested(numbers, withOlder: query.olderVersions), true)
        }
        guard isIndexed else {
            let all = try Int64.fetchAll(db, sql: "SELECT n FROM attachment")
            return (try tested(all, withOlder: query.olderVersions), true)
        }
        let index = SearchHits(folded, db)
        // One question to the index instead of one for each class, where few answer.
        if !folded.words.isEmpty, let few = try index.all(upTo: Self.few) {
            return (try tested(few, withOlder: false) + older(), true)
        }
        let newest = try index.best(query.limit)
        return (newest + (try older()), query.limit.map { newest.count < $0 } ?? true)
    }

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

    private func more(than shown: Int, known: Int?) throws -> FoundFiles.More {
        if let known { return .exactly(known - shown) }
        let most = shown + FoundFiles.counted
        let count = try SearchHits(folded, db).count(upTo: most + 1) + older().count
        return count > most ? .moreThan(FoundFiles.counted) : .exactly(max(0, count - shown))
    }
}
