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
    /// Folds the whole log into a second manifest in memory and compares; then looks at every
    /// object that the log speaks of, reading its bytes if asked to.
    package func verify(readingData: Bool, state: String?) throws -> Verification {
        var check = AuditCheck(audit: layout.audit)
        let fold = try SQLiteManifest(at: ":memory:", walk: nil, durable: false)
        var (group, applied) = ([AuditRecord](), true)
        var findings: [Finding] = []
        func apply() {
            guard applied else { return }
            do {
                try fold.apply(group)
            } catch {
                applied = false
                findings.append(Finding(.manifestDiffers, "audit", error.detail))
            }
            group = []
        }
        try check.run(seen: state.flatMap(SeenNote.text)) { record in
            group.append(record)
            if group.count >= 1_000 { apply() }
        }
        apply()
        findings += check.findings
        if applied { findings += try differences(to: fold) }
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

    private func differences(to fold: SQLiteManifest) throws -> [Finding] {
        let integrity = try manifest.inDatabase { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check")
        }
        guard integrity == ["ok"] else {
            return [Finding(.manifestUnreadable, "manifest.sqlite", integrity.first ?? "not ok")]
        }
        var findings: [Finding] = []
        for (table, order) in Schema.dumped {
            let (here, there) = (
                try manifest.fingerprint(of: table, order), try fold.fingerprint(of: table, order)
            )
            if here != there {
                findings.append(
                    Finding(.manifestDiffers, table, "the table is not what the log says")
                )
            }
        }
        let digest = try fold.meta("archive_sha256")
        if let digest, digest != identity.digest.hex {
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

extension SQLiteManifest {
    /// A digest over all rows of a table in their order.
    fileprivate func fingerprint(of table: String, _ order: String) throws -> ContentDigest {
        try inDatabase { db in
            var digest = StreamDigest()
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM \(table) ORDER BY \(order)")
            while let row = try rows.next() {
                let text = row.map { "\($0)=\($1)" }.joined(separator: "\u{1F}")
                digest.append(Array(text.utf8) + [0x0A])
            }
            return digest.finish()
        }
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

    fileprivate func meta(_ name: String) throws -> String? {
        try inDatabase { db in
            try String.fetchOne(
                db,
                sql: "SELECT value FROM meta WHERE name = ?",
                arguments: [name]
            )
        }
    }
}
