internal import CLinux
internal import FoundationEssentials
internal import GRDB
package import LarkiveCore

/// Looks after single objects: what state they are in, and what can be done without Feishu.
package struct ObjectCare: Sendable {
    let objects: Directory
    let quarantine: Directory
    let manifest: SQLiteManifest

    package enum State: Equatable, Sendable {
        case sound
        /// Right bytes in a file that others may write, or that has a second name.
        case loose
        case missing
        case damaged(String)
        /// The disk does not give it; that says nothing of its bytes.
        case unreadable(String)
    }

    /// Reads the object from beginning to end.
    package func state(of digest: ContentDigest) -> State {
        do {
            let file = try shard(digest).file(digest.hex, .reading)
            let found = try file.stat()
            guard found.regular != 0 else { return .damaged("no plain file") }
            let actual = try DiskObjectStore.digest(of: file)
            guard actual == digest else {
                return .damaged("its bytes have the SHA-256 \(actual.hex)")
            }
            return found.mode == 0o400 && found.links == 1 ? .sound : .loose
        } catch {
            if error.isMissing { return .missing }
            return error.isUnreadable ? .unreadable("\(error)") : .damaged("no plain file")
        }
    }

    /// Objects that are known to be damaged, or look so without being read.
    package func suspects() throws -> [ContentDigest] {
        do {
            var check = ObjectCheck(objects: objects)
            try check.run { try manifest.objects(inShard: $0) }
            return Set(check.faults.keys).union(try manifest.losses().keys).sorted()
        } catch { throw VaultError(error) }
    }

    package func isKnownDamaged(_ digest: ContentDigest) throws -> Bool {
        try manifest.isDamaged(digest)
    }

    package func isKnownLost(_ digest: ContentDigest) throws -> Bool {
        switch try manifest.losses()[digest] {
        case .lost, .accepted: true
        default: false
        }
    }

    /// Whether somebody has taken its loss upon themselves.
    package func isAcceptedLoss(_ digest: ContentDigest) throws -> Bool {
        guard case .accepted = try manifest.losses()[digest] else { return false }
        return true
    }

    package func size(of digest: ContentDigest) throws -> Int64? {
        try manifest.objects(inShard: digest.bytes[0])[digest]
    }

    /// Moves whatever has the object's name into quarantine, as it is; its new name has the digest.
    ///
    /// Dying after this leaves the object missing, which is found and healed like any damage.
    package func setAside(_ digest: ContentDigest) throws {
        do {
            let shard = try shard(digest)
            var (name, tries) = (digest.hex, 0)
            let taken = Set(try quarantine.names())
            while taken.contains(name) {
                tries += 1
                name = "\(digest.hex).\(tries)"
            }
            try shard.moveWithoutReplacing(digest.hex, to: quarantine, as: name)
            try quarantine.sync()
            try shard.sync()
        } catch { throw VaultError(error) }
    }

    /// Right bytes get a file of their own again, which nobody may write.
    package func tighten(_ digest: ContentDigest) throws {
        do {
            let file = try shard(digest).file(digest.hex, .reading)
            if try file.stat().links == 1 {
                try file.setMode(0o400)
                return try file.sync()
            }
        } catch { throw VaultError(error) }
    }

    package func hasOtherNames(_ digest: ContentDigest) -> Bool {
        ((try? shard(digest).file(digest.hex, .reading).stat().links) ?? 1) != 1
    }

    /// A copy of the object's own bytes, to be published in its place.
    package func copy(_ digest: ContentDigest, into store: DiskObjectStore) async throws -> Staged {
        do {
            let file = try shard(digest).file(digest.hex, .reading)
            let scratch = try store.open(expecting: try file.size())
            var offset: Int64 = 0
            while case let bytes = try file.read(at: offset, count: 1 << 20), !bytes.isEmpty {
                try await scratch.append(bytes)
                offset += Int64(bytes.count)
            }
            return try await scratch.finish()
        } catch { throw VaultError(error) }
    }

    private func shard(_ digest: ContentDigest) throws(DiskError) -> Directory {
        try objects.directory(String(digest.hex.prefix(2)))
    }
}

extension Vault {
    package func care() throws -> ObjectCare {
        try ObjectCare(layout, manifest)
    }
}

extension ReadingVault {
    package func care() throws -> ObjectCare {
        try ObjectCare(layout, manifest)
    }
}

extension ObjectCare {
    fileprivate init(_ layout: Layout, _ manifest: SQLiteManifest) throws {
        do {
            objects = try layout.objects.unguarded()
        } catch { throw VaultError(error) }
        quarantine = layout.quarantine
        self.manifest = manifest
    }
}

extension SQLiteManifest {
    /// All attachments one of whose versions has these bytes.
    package func places(of digest: ContentDigest) throws(ManifestError) -> [RepairPlace] {
        try inDatabase { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT a.n, a.key, v.n AS version, a.type, a.inline, a.cid, a.uploader,
                        a.uploaded, v.name, coalesce(v.size, o.size) AS size, v.file_token,
                        0 AS attempts, v.n = a.version AS current, a.vanished IS NOT NULL AS gone
                    FROM version v JOIN attachment a ON a.n = v.attachment
                    JOIN object o ON o.digest = v.digest
                    WHERE v.digest = ? ORDER BY a.n, v.n
                    """,
                arguments: [Data(digest.bytes)]
            )
            return rows.compactMap { row in
                WorkItem(row).map {
                    RepairPlace(item: $0, isCurrent: row["current"], hasVanished: row["gone"])
                }
            }
        }
    }
}
