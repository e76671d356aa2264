internal import FoundationEssentials
internal import GRDB
package import LarkiveCore

extension SQLiteManifest {
    /// Everything that carries bytes whose digest begins with these digits, contents that were
    /// replaced since included, by number.
    package func carriers(ofDigits digits: String) throws(ManifestError) -> [FileRow] {
        guard let range = ExactNumbers.digests(digits) else { return [] }
        return try inDatabase { db in
            let source = RowSource(db: db)
            return try Int64.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT attachment FROM version WHERE digest BETWEEN ? AND ?
                    ORDER BY attachment
                    """,
                arguments: [range.first, range.last]
            ).flatMap { try source.all($0).map(FileRow.init).sorted { $0.version < $1.version } }
        }.filter { $0.sha256?.hex.hasPrefix(digits) ?? false }
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
