internal import GRDB
package import LarkiveCore

/// From when to when bytes were known to be an attachment's upstream.
package struct ByteSpan: Equatable, Sendable {
    package let first: String?
    package let last: String?
}

extension SQLiteManifest {
    /// Of the first content the attachment's own appearance counts, of a later one when it was
    /// archived; one that was replaced ends when the next was archived.
    package func spans(of rows: [FileRow]) throws(ManifestError) -> [FileVersion: ByteSpan] {
        let seen = try sightings(of: rows)
        return try inSnapshot { db in
            try rows.reduce(into: [:]) { spans, row in
                let held = try Self.held(row, "=", db)
                let next = row.isOlder ? try Self.held(row, ">", db) : nil
                let first = row.version > 1 ? held : seen[row.id]?.first
                let last = row.isOlder ? next ?? held : seen[row.id]?.last
                spans[FileVersion(row)] = ByteSpan(
                    first: first,
                    last: [first, last].compactMap { $0 }.max()
                )
            }
        }
    }

    /// When this content, or the first one behind it that is there, was archived.
    private static func held(_ row: FileRow, _ relation: String, _ db: Database) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT held_at FROM version
                    WHERE attachment = ? AND n \(relation) ? AND held_at NOT NULL ORDER BY n LIMIT 1
                    """
            ),
            arguments: [row.id, row.version]
        )
    }
}
