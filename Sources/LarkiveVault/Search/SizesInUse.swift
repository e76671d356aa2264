internal import GRDB
internal import LarkiveCore

/// Which size tags attachments have: an open range has dozens, and each that is asked for costs.
struct SizesInUse {
    private let db: Database

    init(_ db: Database) { self.db = db }

    private static let many = 16
    private static let stride = 8

    /// The tags that a query's range of sizes has, without those that none has where they are many;
    /// nil when it has no range.
    func tags(of query: FileQuery) throws -> [String]? {
        guard query.minSize != nil || query.maxSize != nil else { return nil }
        let all = SearchTag.sizes(from: query.minSize, to: query.maxSize)
        guard all.count > Self.many else { return all }
        return try Swift.stride(from: 0, to: all.count, by: Self.stride)
            .map { Array(all[$0..<min($0 + Self.stride, all.count)]) }
            .filter(isInUse)
            .flatMap { $0 }
    }

    private func isInUse(_ tags: [String]) throws -> Bool {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT rowid FROM search WHERE search MATCH ? LIMIT 1"),
            arguments: [tags.joined(separator: " OR ")]
        ) != nil
    }
}
