internal import FoundationEssentials
internal import GRDB
package import LarkiveCore

extension SQLiteManifest {
    /// Everything that carries bytes whose digest begins with these digits, contents that were
    /// replaced since included, by number.
    package func carriers(ofDigits digits: String) throws(ManifestError) -> [FileRow] {
        let room = 2 * ContentDigest.byteCount - digits.utf8.count
        guard let first = Hex.bytes(digits + String(repeating: "0", count: max(room, 0))),
            let last = Hex.bytes(digits + String(repeating: "f", count: max(room, 0)))
        else { return [] }
        // The numbers come from the index on digests, the rows from the numbers.
        return try inDatabase { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM (\(Schema.allVersions)) WHERE id IN (
                        SELECT attachment FROM version WHERE digest BETWEEN ? AND ?
                    ) ORDER BY id, version
                    """,
                arguments: [Data(first), Data(last)]
            ).map(FileRow.init)
        }.filter { $0.sha256?.hex.hasPrefix(digits) ?? false }
    }
}
