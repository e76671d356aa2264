internal import FoundationEssentials
internal import GRDB
package import LarkiveCore

extension SQLiteManifest: Manifest {
    package func apply(_ records: [AuditRecord]) throws(ManifestError) {
        guard !records.isEmpty else { return }
        try inTransaction { db in try Apply.apply(records, to: db) }
    }

    package func rehearse(_ events: [AuditEvent]) throws(ManifestError) {
        do {
            try queue.inTransaction { db in
                let next = try Apply.appliedSeq(db) + 1
                try Apply.apply(Self.madeUp(events, from: next), to: db, indexing: false)
                return .rollback
            }
        } catch { throw ManifestError(error) }
    }

    private static func madeUp(_ events: [AuditEvent], from seq: Int64) -> [AuditRecord] {
        zip(events, seq...).map { event, seq in
            AuditRecord(seq: seq, time: .epoch, run: .rehearsal, event: event)
        }
    }

    package func numbers() throws(ManifestError) -> Numbers {
        try inDatabase { db in
            var sources: [SourceName: Int64] = [:]
            var lastListed: [SourceName: Timestamp] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT n, name, last_listed FROM source") {
                guard let name = SourceName(row["name"]) else { continue }
                sources[name] = row["n"]
                let listed: String? = row["last_listed"]
                lastListed[name] = listed.flatMap { Timestamp($0) }
            }
            let last = try Int64.fetchOne(db, sql: "SELECT max(n) FROM attachment")
            return Numbers(
                sources: sources,
                lastListed: lastListed,
                lastSource: sources.values.max() ?? 0,
                lastAttachment: last ?? 0
            )
        }
    }

    /// The last record that is in the manifest; -1 for none.
    package func appliedSeq() throws(ManifestError) -> Int64 {
        try inDatabase { db in try Apply.appliedSeq(db) }
    }

    /// The digest of `larkive.json` that the log speaks of.
    func archiveDigest() throws(ManifestError) -> ContentDigest? {
        try inDatabase { db in
            try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'archive_sha256'")
        }.flatMap { ContentDigest(hex: $0) }
    }

    /// Entries of the inbox that have become records.
    func recordedEntries(among names: [String]) throws(ManifestError) -> Set<String> {
        try inDatabase { db in
            let marks = databaseQuestionMarks(count: names.count)
            return Set(
                try String.fetchAll(
                    db,
                    sql: "SELECT entry FROM inbox WHERE entry IN (\(marks))",
                    arguments: StatementArguments(names)
                )
            )
        }
    }
}
