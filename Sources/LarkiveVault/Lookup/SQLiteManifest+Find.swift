internal import GRDB
package import LarkiveCore

extension SQLiteManifest {
    /// The matching rows: those whose name is what the words say first, then those whose name begins
    /// so, has all of them, and the rest; newest first among these, then by number.
    package func find(_ query: FileQuery) throws(ManifestError) -> [FileRow] {
        try inDatabase { db in try FileSearch(query, db).shown().rows }
    }

    /// As ``find(_:)``, with the number of those that the limit cut off.
    package func search(_ query: FileQuery) throws(ManifestError) -> FoundFiles {
        try inDatabase { db in try FileSearch(query, db).found() }
    }
}

/// One look for files.
private struct FileSearch {
    private let query: FileQuery
    private let folded: FoldedQuery
    private let db: Database
    private let isIndexed: Bool

    init(_ query: FileQuery, _ db: Database) throws {
        self.query = query
        self.db = db
        folded = try FoldedQuery(query, db)
        isIndexed = try SearchIndex.isUsable(db)
    }

    func found() throws -> FoundFiles {
        let (rows, known) = try shown()
        return FoundFiles(
            rows: rows,
            more: try more(than: rows.count, known: known),
            isIndexed: isIndexed
        )
    }

    /// The rows in their order, and how many match: nil when there may be more than were looked at.
    func shown() throws -> (rows: [FileRow], known: Int?) {
        let (hits, isWhole) = try hits()
        let shown = hits.sorted().prefix(max(0, query.limit ?? .max))
        return (try shown.compactMap(row), isWhole ? hits.count : nil)
    }

    private func hits() throws -> (hits: [SearchHit], isWhole: Bool) {
        if let numbers = try ExactNumbers(query: query, db: db, isIndexed: isIndexed).candidates() {
            return (try tested(numbers, withOlder: query.olderVersions), true)
        }
        guard isIndexed else {
            let all = try Int64.fetchAll(db, sql: "SELECT n FROM attachment")
            return (try tested(all, withOlder: query.olderVersions), true)
        }
        let newest = try SearchHits(folded, db).best(query.limit)
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

    private func row(_ hit: SearchHit) throws -> FileRow? {
        try RowSource(db: db).rows(hit.number, withOlder: query.olderVersions)
            .first { $0["version"] == hit.version }.map(FileRow.init)
    }

    private func more(than shown: Int, known: Int?) throws -> FoundFiles.More {
        if let known { return .exactly(known - shown) }
        let most = shown + FoundFiles.counted
        let count = try SearchHits(folded, db).count(upTo: most + 1) + older().count
        return count > most ? .moreThan(FoundFiles.counted) : .exactly(max(0, count - shown))
    }
}
