internal import GRDB
package import LarkiveCore

/// A lookup reads every piece of the index: bulk writing leaves many, and many small runs as well.
extension SearchIndex {
    /// Pieces that cost a lookup nothing to speak of.
    private static let few = 4
    /// What is outside the largest piece is left until it is worth writing all of them again.
    private static let share = 10
    /// One step takes some hundredths of a second.
    private static let step = 500

    /// Whether it is worth the writing: each document is written about as often as `share` says.
    static func isWorthMerging(_ db: Database) throws -> Bool {
        guard try isUsable(db) else { return false }
        let pages = try Int64.fetchAll(
            db,
            sql: "SELECT count(*) FROM search_idx GROUP BY segid ORDER BY 1 DESC"
        )
        guard let largest = pages.first, pages.count > few else { return false }
        return pages.count > 3 * few || (pages.reduce(0, +) - largest) * Int64(share) >= largest
    }

    /// Merges a part of the pieces; false when there is nothing left to do.
    ///
    /// Source: sqlite.org/fts5.html, "The 'merge' Command".
    static func mergeSome(_ db: Database, isFirst: Bool) throws -> Bool {
        let before = try Int64.fetchOne(db, sql: "SELECT total_changes()") ?? 0
        try setting("merge", isFirst ? -step : step, db)
        let after = try Int64.fetchOne(db, sql: "SELECT total_changes()") ?? 0
        return after - before >= 2
    }
}

extension Vault {
    /// Brings the pieces of the search index together, in small transactions, until it is stopped.
    ///
    /// For the end of a run. Whatever fails leaves the index as right as it was, and is of no interest
    /// when it leaves no trace; it is returned when not even the step could be taken back: then the
    /// next command does that.
    package func tidySearchIndex(while goesOn: () -> Bool) -> ManifestError? {
        do throws(ManifestError) {
            try manifest.tidySearchIndex(while: goesOn)
            return nil
        } catch { return HotJournal.isLeft(in: layout.root) ? error : nil }
    }
}

extension SQLiteManifest {
    func tidySearchIndex(while goesOn: () -> Bool) throws(ManifestError) {
        guard try inDatabase({ db in try SearchIndex.isWorthMerging(db) }) else { return }
        var (isFirst, isLeft) = (true, true)
        while isLeft, goesOn() {
            try inTransaction { db in
                isLeft = try SearchIndex.mergeSome(db, isFirst: isFirst)
            }
            isFirst = false
        }
    }
}
