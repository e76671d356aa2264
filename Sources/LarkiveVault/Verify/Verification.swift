internal import FoundationEssentials
internal import GRDB
package import LarkiveCore

/// One verdict over objects, manifest and audit log.
package struct Verification: Sendable {
    package let findings: [Finding]
    package let objects: Int64
    package let bytes: Int64
    package let attachments: Int64
    package let auditRecords: Int64

    package var isOK: Bool { !findings.contains(where: \.code.isError) }

    package var json: JSON {
        .object([
            "ok": .bool(isOK),
            "checked": .object([
                "objects": .integer(objects), "bytes": .integer(bytes),
                "attachments": .integer(attachments), "audit_records": .integer(auditRecords),
            ]),
            "findings": .array(findings.map(\.json)),
        ])
    }
}

extension ReadingVault {
    /// Folds the log, as far as the manifest had come, into a second manifest in memory and
    /// compares; then looks at every object that the log speaks of, reading its bytes if asked to.
    ///
    /// Safe beside a run: what the run adds meanwhile is left for the next look.
    package func verify(readingData: Bool, state: String?) throws -> Verification {
        let here: ManifestSnapshot
        do {
            here = try manifest.snapshot()
        } catch {
            return try verdict([Finding(.manifestUnreadable, "manifest.sqlite", error.detail)])
        }
        var check = AuditCheck(audit: layout.audit)
        let fold = try SQLiteManifest(at: ":memory:", walk: nil, durable: false)
        var (group, findings, canFold) = ([AuditRecord](), [Finding](), true)
        func apply() {
            do {
                if canFold { try fold.apply(group) }
            } catch {
                canFold = false
                findings.append(Finding(.manifestDiffers, "audit", error.detail))
            }
            group = []
        }
        try check.run(seen: state.flatMap(SeenNote.text)) { record in
            guard record.seq <= here.applied else { return }
            group.append(record)
            if group.count >= 1_000 { apply() }
        }
        apply()
        findings += check.findings
        if here.applied + 1 < check.size, try !VaultLock.isHeld(in: layout.root) {
            let behind =
                "it has \(here.applied + 1) of \(check.size) records, and no run is going on"
            // A run that died between the log and the manifest leaves that; the next one folds them.
            let isOpen = here.applied + 1 >= check.sealed
            findings.append(
                Finding(isOpen ? .manifestBehind : .manifestDiffers, "manifest.sqlite", behind)
            )
        }
        if canFold { findings += differences(of: here, to: try fold.snapshot()) }
        var objectCheck = ObjectCheck(objects: layout.objects, readsData: readingData)
        try objectCheck.run { try fold.objects(inShard: $0) }
        findings += objectCheck.findings
        return Verification(
            findings: findings,
            objects: objectCheck.count,
            bytes: objectCheck.bytes,
            attachments: try fold.attachmentCount(),
            auditRecords: check.size
        )
    }

    private func verdict(_ findings: [Finding]) throws -> Verification {
        var check = AuditCheck(audit: layout.audit)
        try check.run()
        return Verification(
            findings: findings + check.findings,
            objects: 0,
            bytes: 0,
            attachments: 0,
            auditRecords: check.size
        )
    }

    private func differences(of here: ManifestSnapshot, to there: ManifestSnapshot) -> [Finding] {
        guard here.integrity == "ok" else {
            return [Finding(.manifestUnreadable, "manifest.sqlite", here.integrity)]
        }
        var findings: [Finding] = []
        if here.schema != there.schema {
            findings.append(
                Finding(.manifestDiffers, "schema", "tables, views or triggers are not larkive's")
            )
        }
        for (table, _) in Schema.dumped where here.tables[table] != there.tables[table] {
            findings.append(Finding(.manifestDiffers, table, "the table is not what the log says"))
        }
        if let digest = there.identity, digest != identity.digest {
            findings.append(
                Finding(
                    .identityChanged,
                    ArchiveIdentity.fileName,
                    "not the file the log speaks of"
                )
            )
        }
        return findings
    }
}

/// What a manifest says at one moment, by digests.
struct ManifestSnapshot {
    let applied: Int64
    let integrity: String
    let schema: ContentDigest
    let tables: [String: ContentDigest]
    /// The digest of `larkive.json` that the log speaks of.
    let identity: ContentDigest?
}

extension SQLiteManifest {
    fileprivate func snapshot() throws(ManifestError) -> ManifestSnapshot {
        do {
            return try queue.read { db in
                var tables: [String: ContentDigest] = [:]
                for (table, order) in Schema.dumped {
                    let sql = "SELECT * FROM \(table) ORDER BY \(order)"
                    tables[table] = try Self.fingerprint(sql, db)
                }
                let digest = try String.fetchOne(
                    db,
                    sql: "SELECT value FROM meta WHERE name = 'archive_sha256'"
                )
                return ManifestSnapshot(
                    applied: try Apply.appliedSeq(db),
                    integrity: try String.fetchOne(db, sql: "PRAGMA integrity_check")
                        ?? "no answer",
                    schema: try Self.fingerprint(
                        "SELECT type, name, sql FROM main.sqlite_master ORDER BY type, name",
                        db
                    ),
                    tables: tables,
                    identity: digest.flatMap { ContentDigest(hex: $0) }
                )
            }
        } catch { throw ManifestError(error) }
    }

    /// A digest over all rows in their order, every byte of every column.
    private static func fingerprint(_ sql: String, _ db: Database) throws -> ContentDigest {
        var digest = StreamDigest()
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() {
            digest.append(JSONWriter.bytes(of: JSON(table: "", row: row)) + [0x0A])
        }
        return digest.finish()
    }

    fileprivate func objects(inShard shard: UInt8) throws -> [ContentDigest: Int64] {
        try inDatabase { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT digest, size FROM object WHERE substr(digest, 1, 1) = ?",
                arguments: [Data([shard])]
            )
            return rows.reduce(into: [:]) { found, row in
                if let digest = ContentDigest(bytes: row["digest"] as Data) {
                    found[digest] = row["size"]
                }
            }
        }
    }

    fileprivate func attachmentCount() throws -> Int64 {
        try inDatabase { try Int64.fetchOne($0, sql: "SELECT count(*) FROM attachment") ?? 0 }
    }
}
