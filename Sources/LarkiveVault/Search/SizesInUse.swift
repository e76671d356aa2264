internal import GRDB
internal import LarkiveCore

/// Which size tags attachments have: an open range has hundreds, and each that is asked for costs.
struct SizesInUse {
    private let db: Database

    init(_ db: Database) { self.db = db }

    private static let many = 64
    private static let stride = 16

    /// The eighths that a query's range of sizes has, without those that none has where they are
    /// many; nil when it has no range.
    func eighths(of query: FileQuery) throws -> [Int]? {
        guard query.minSize != nil || query.maxSize != nil else { return nil }
        let all = SearchTag.eighths(from: query.minSize, to: query.maxSize)
        guard all.count > Self.many else { return Array(all) }
        return try Swift.stride(from: all.lowerBound, to: all.upperBound, by: Self.stride)
            .map { Array($0..<min($0 + Self.stride, all.upperBound)) }
            .filter(isInUse)
            .flatMap { $0 }
    }

    private func isInUse(_ eighths: [Int]) throws -> Bool {
        let tags = eighths.map(SearchTag.size(eighth:)).joined(separator: " OR ")
        return try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT rowid FROM search WHERE search MATCH ? LIMIT 1"),
            arguments: [tags]
        ) != nil
    }
}
