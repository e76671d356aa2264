internal import GRDB

/// The attachments that records of one transaction change in the search index, as they were before.
final class SearchChanges {
    private let db: Database
    private var former: [Int64: SearchDocument?] = [:]

    /// Nil where there is no index to keep in step.
    init?(_ db: Database) throws {
        guard try SearchIndex.isUsable(db) else { return nil }
        self.db = db
    }

    /// To be called before a row changes that the document of this attachment is made of.
    func touch(_ attachment: Int64) throws {
        guard former[attachment] == nil else { return }
        former[attachment] = .some(try SearchDocument.of(attachment, db))
    }

    /// Writes what has changed; to be called once, in the same transaction.
    func finish() throws {
        let changes = try former.map { number, document in
            (former: document, now: try SearchDocument.of(number, db))
        }
        try SearchIndex.replace(changes.filter { $0.former != $0.now }, db)
    }
}
