internal import FoundationEssentials
internal import GRDB
internal import LarkiveCore

/// What the log says of objects: their sizes, who carries them, what became of damaged ones.
extension SQLiteManifest {
    /// What was found of an object before.
    enum Loss: Equatable, Sendable {
        case damaged(since: String)
        /// Nobody has its bytes any more.
        case lost(since: String)
        /// As `lost`, and somebody has taken it upon themselves.
        case accepted(since: String)
    }

    static let acceptedPrefix = "accepted:"

    static func lossSubject(_ digest: ContentDigest) -> String { "object:\(digest.hex)" }

    func losses(of schema: String = "main") throws(ManifestError) -> [ContentDigest: Loss] {
        try inDatabase { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT o.digest, o.damaged, l.first_failed AS lost, m.value AS accepted
                    FROM \(schema).object o
                    LEFT JOIN \(schema).ledger l ON l.subject = 'object:' || lower(hex(o.digest))
                    LEFT JOIN \(schema).meta m ON m.name = 'accepted:' || lower(hex(o.digest))
                    WHERE o.damaged IS NOT NULL
                    """
            )
            return rows.reduce(into: [:]) { found, row in
                guard let digest = ContentDigest(bytes: row["digest"] as Data) else { return }
                let (lost, accepted): (String?, String?) = (row["lost"], row["accepted"])
                found[digest] =
                    accepted.map(Loss.accepted) ?? lost.map(Loss.lost)
                    ?? .damaged(since: row["damaged"])
            }
        }
    }

    /// Whether that manifest has the object, and nobody has called it damaged.
    func isSound(_ digest: ContentDigest, in schema: String) throws(ManifestError) -> Bool {
        try inDatabase { db in
            try Bool.fetchOne(
                db,
                sql: "SELECT damaged IS NULL FROM \(schema).object WHERE digest = ?",
                arguments: [Data(digest.bytes)]
            ) ?? false
        }
    }

    /// The first object of a shard that nobody has called damaged.
    func firstSound(inShard shard: UInt8) throws(ManifestError) -> ContentDigest? {
        try inDatabase { db in
            try Data.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT digest FROM object WHERE digest >= ? AND damaged IS NULL
                        ORDER BY digest LIMIT 1
                        """
                ),
                arguments: [Data([shard])]
            ).flatMap { ContentDigest(bytes: $0) }.flatMap { $0.bytes[0] == shard ? $0 : nil }
        }
    }

    func objects(
        inShard shard: UInt8,
        of schema: String = "main"
    ) throws(ManifestError) -> [ContentDigest: Int64] {
        try inDatabase { db in
            let first = Data([shard])
            // A blob is before another that begins with it.
            let rows =
                shard == 255
                ? try Row.fetchAll(
                    db,
                    sql: "SELECT digest, size FROM \(schema).object WHERE digest >= ?",
                    arguments: [first]
                )
                : try Row.fetchAll(
                    db,
                    sql: """
                        SELECT digest, size FROM \(schema).object WHERE digest >= ? AND digest < ?
                        """,
                    arguments: [first, Data([shard + 1])]
                )
            return rows.reduce(into: [:]) { found, row in
                if let digest = ContentDigest(bytes: row["digest"] as Data) {
                    found[digest] = row["size"]
                }
            }
        }
    }

    func count(of table: String) throws(ManifestError) -> Int64 {
        try inDatabase { try Int64.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    /// The keys of all attachments that carry an object, older versions with their number.
    func carriers(
        of digest: ContentDigest,
        in schema: String = "main"
    ) throws(ManifestError) -> [String] {
        try inDatabase { db in try Self.carriers(of: digest, in: schema, db) }
    }

    static func carriers(
        of digest: ContentDigest,
        in schema: String = "main",
        _ db: Database
    ) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT a.key || iif(v.n < a.version, '@' || v.n, '')
                FROM \(schema).version v JOIN \(schema).attachment a
                ON a.n = v.attachment WHERE v.digest = ? ORDER BY a.n, v.n
                """,
            arguments: [Data(digest.bytes)]
        )
    }

    func verifiedRanges() throws(ManifestError) -> VerifiedRanges {
        try inDatabase { db in
            try String.fetchOne(
                db,
                sql: "SELECT value FROM meta WHERE name = ?",
                arguments: [VerifiedRanges.metaName]
            )
        }.flatMap { VerifiedRanges(text: $0) } ?? VerifiedRanges()
    }
}
