internal import FoundationEssentials
internal import GRDB
package import LarkiveCore

extension SQLiteManifest {
    /// The digests of contents that begin with these digits, in their order.
    package func digests(beginning digits: String) throws(ManifestError) -> [ContentDigest] {
        guard let range = ExactNumbers.digests(digits) else { return [] }
        return try inDatabase { db in
            try Data.fetchAll(
                db,
                sql:
                    "SELECT DISTINCT digest FROM version WHERE digest BETWEEN ? AND ? ORDER BY digest",
                arguments: [range.first, range.last]
            ).compactMap { ContentDigest(bytes: $0) }
        }
    }

    /// Everything that carries these bytes, contents that were replaced since included, by number.
    package func versions(with digest: ContentDigest) throws(ManifestError) -> [FileVersion] {
        try inDatabase { db in
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT attachment, n FROM version WHERE digest = ? ORDER BY attachment, n",
                arguments: [Data(digest.bytes)]
            )
            // By their places: there may be very many, and to look for a name takes longer.
            return try Array(rows.map { FileVersion($0[0], $0[1]) })
        }
    }

    /// The digests of all contents that these attachments have had.
    package func contents(of numbers: [Int64]) throws(ManifestError) -> Set<ContentDigest> {
        try inDatabase { db in
            try numbers.reduce(into: []) { found, number in
                let sql = "SELECT digest FROM version WHERE attachment = ? AND digest NOT NULL"
                let digests = try Data.fetchAll(db, sql: sql, arguments: [number])
                found.formUnion(digests.compactMap { ContentDigest(bytes: $0) })
            }
        }
    }
}
