internal import GRDB
package import LarkiveCore

/// When and where an attachment was seen upstream.
package struct Sightings: Sendable {
    package struct Sighting: Sendable {
        package let source: String
        /// When its source was last listed completely.
        package let listed: String?
        /// When the source was found not to list it any more.
        package let missed: String?
    }

    package fileprivate(set) var first: String?
    package fileprivate(set) var all: [Sighting] = []

    /// When it was seen last, as far as complete listings tell.
    package var last: String? {
        let still = all.filter { $0.missed == nil }.compactMap(\.listed).max()
        return [first, still ?? before].compactMap { $0 }.max()
    }

    /// The last complete listing before it was missed.
    fileprivate var before: String?
}

extension SQLiteManifest {
    /// By the numbers of attachments.
    package func sightings(of rows: [FileRow]) throws(ManifestError) -> [Int64: Sightings] {
        var found = try inSnapshot { db in
            try rows.reduce(into: [:]) { found, row in
                found[row.id] = try Self.sightings(of: row.id, db)
            }
        }
        for row in rows {
            guard let missed = row.vanished else { continue }
            found[row.id]?.before = try lastComplete(of: row.source, before: missed)
        }
        return found
    }

    private static func sightings(of number: Int64, _ db: Database) throws -> Sightings {
        var seen = Sightings()
        seen.first = try String.fetchOne(
            db.cachedStatement(sql: "SELECT first_seen FROM attachment WHERE n = ?"),
            arguments: [number]
        )
        seen.all = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT s.name, s.last_complete, g.missed_at FROM sighting g
                    JOIN source s ON s.n = g.source WHERE g.attachment = ? ORDER BY s.n
                    """
            ),
            arguments: [number]
        ).map { row in
            Sightings.Sighting(
                source: row["name"],
                listed: row["last_complete"],
                missed: row["missed_at"]
            )
        }
        return seen
    }
}
