internal import FoundationEssentials
internal import GRDB
package import LarkiveCore

/// Everything that the manifest knows of one attachment.
package struct FileStory: Sendable {
    package let row: FileRow
    /// What only mail or only tasks have; absent fields are left out.
    package let details: JSONObject
    package let seen: Sightings
    /// All contents that it has had, oldest first.
    package let versions: [Version]
    package let object: Object?
    /// Why it is not held, where it should be; nil for a content that was replaced since.
    package let ledger: JSONObject?
    /// Every other place of the same bytes.
    package let places: [FileVersion]

    package struct Version: Sendable {
        package let number: Int64
        package let digest: ContentDigest?
        package let heldAt: String?
        package let json: JSON
    }

    package struct Object: Sendable {
        package let digest: ContentDigest
        package let firstHeld: String
        /// Since when it is known to be damaged.
        package let damaged: String?
        /// Since when it is known that nobody has its bytes any more, until that is accepted.
        package let lost: String?
        /// When somebody took its loss upon themselves.
        package let accepted: String?
        /// When it was last read and found good; nil when it was not since it was stored.
        package let verified: String?

        /// Below the archive.
        package var path: String { "objects/\(digest.hex.prefix(2))/\(digest.hex)" }
    }
}

extension SQLiteManifest {
    /// The story of a row that `find` has given.
    package func story(of row: FileRow) throws(ManifestError) -> FileStory {
        let seen = try sightings(of: [row])[row.id] ?? Sightings()
        let verified = try row.sha256.flatMap { digest throws(ManifestError) in
            try verifiedRanges().time(of: digest)
        }
        let places = try row.sha256.map { digest throws(ManifestError) in
            try versions(with: digest)
        }
        return try inSnapshot { db in
            FileStory(
                row: row,
                details: try Self.details(of: row.id, db),
                seen: seen,
                versions: try Self.versions(of: row.id, db),
                object: try row.sha256.flatMap { try Self.object($0, verified, db) },
                ledger: row.isOlder ? nil : try Self.ledger(of: row.id, db),
                places: (places ?? []).filter { $0 != FileVersion(row) }
            )
        }
    }

    private static func details(of number: Int64, _ db: Database) throws -> JSONObject {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT type, inline, cid, uploader, uploaded FROM attachment WHERE n = ?",
            arguments: [number]
        )
        guard let row else { return [:] }
        let (type, inline, uploaded): (Int64?, Bool?, Int64?) =
            (row["type"], row["inline"], row["uploaded"])
        let (cid, uploader): (String?, String?) = (row["cid"], row["uploader"])
        return [
            "type": type.map(JSON.integer), "inline": inline.map(JSON.bool),
            "cid": cid.map(JSON.string), "uploader": uploader.map(JSON.string),
            "uploaded": uploaded.map { .string(Timestamp(milliseconds: $0).description) },
        ]
    }

    private static func versions(of number: Int64, _ db: Database) throws -> [FileStory.Version] {
        try Row.fetchAll(
            db,
            sql: "SELECT * FROM version WHERE attachment = ? ORDER BY n",
            arguments: [number]
        ).map(FileStory.Version.init)
    }

    private static func object(
        _ digest: ContentDigest,
        _ verified: String?,
        _ db: Database
    ) throws -> FileStory.Object? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT o.first_held, o.damaged, l.first_failed AS lost, m.value AS accepted
                FROM object o LEFT JOIN ledger l ON l.subject = ? LEFT JOIN meta m ON m.name = ?
                WHERE o.digest = ?
                """,
            arguments: [
                lossSubject(digest), acceptedPrefix + digest.hex, Data(digest.bytes),
            ]
        ).map { row in
            let stored: String = row["first_held"]
            return FileStory.Object(
                digest: digest,
                firstHeld: stored,
                damaged: row["damaged"],
                lost: row["lost"],
                accepted: row["accepted"],
                verified: verified.flatMap { $0 >= stored ? $0 : nil }
            )
        }
    }

    private static func ledger(of number: Int64, _ db: Database) throws -> JSONObject? {
        try Row.fetchOne(
            db,
            sql: "SELECT * FROM ledger WHERE attachment = ?",
            arguments: [number]
        ).map { row in
            [
                "reason": .string(row["reason"]), "detail": .string(row["detail"]),
                "attempts": .integer(row["attempts"]),
                "first_failed": .string(row["first_failed"]),
                "next_try": .string(row["next_try"]),
            ]
        }
    }
}

extension FileStory.Version {
    fileprivate init(_ row: Row) {
        let bytes: Data? = row["digest"]
        number = row["n"]
        digest = bytes.flatMap { ContentDigest(bytes: $0) }
        heldAt = row["held_at"]
        let (size, token, how, run): (Int64?, String?, String?, String?) =
            (row["size"], row["file_token"], row["how"], row["held_run"])
        json = .object([
            "version": .integer(number), "name": .string(row["name"]),
            "size": size.map(JSON.integer), "sha256": digest.map { .string($0.hex) },
            "file_token": token.map(JSON.string), "via": how.map(JSON.string),
            "archived_at": heldAt.map(JSON.string), "run": run.map(JSON.string),
        ])
    }
}

extension VerifiedRanges {
    /// When an object was last read and found good, as far as it is known.
    func time(of digest: ContentDigest) -> String? {
        ranges.last { $0.from <= digest && ($0.to.map { digest < $0 } ?? true) }?.time
    }
}
