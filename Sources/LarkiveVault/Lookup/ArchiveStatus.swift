internal import GRDB
package import LarkiveCore

/// The state of an archive in figures.
package struct ArchiveStatus: Sendable {
    package struct LastRun: Sendable {
        package let run: String
        package let started: String
        package let finished: String?
        package let outcome: String?
        package let exitCode: Int64?

        /// Whether it ended later than now, so that one clock or the other is wrong.
        package func isInFuture(at now: Timestamp) -> Bool {
            (Timestamp(finished ?? started) ?? .epoch) > now
        }
    }

    package struct Source: Sendable {
        package let name: String
        package let lastComplete: String?
        package let held: Int64
        package let failed: Int64
        package let pending: Int64
        package let skipped: Int64
        package let accepted: Int64
        package let vanished: Int64
        package let unread: Int64
        /// Whether the last run was shown no attachments here.
        package var isBlind = false
    }

    package let lastRun: LastRun?
    package let lastComplete: String?
    package let sources: [Source]
    package let oldestUnarchived: String?
    package let ledger: Int64
    package let objects: Int64
    package let bytes: Int64
}

extension SQLiteManifest {
    /// `newest` is the run that the log speaks of last; where it is not known times decide.
    package func status(newest: RunID? = nil) throws(ManifestError) -> ArchiveStatus {
        try inDatabase { db in
            let last = try Self.lastRun(newest, db)
            let sources = try Row.fetchAll(db, sql: Self.sourceFigures)
            let stored = try Row.fetchOne(
                db,
                sql: "SELECT count(*) AS n, coalesce(sum(size), 0) AS bytes FROM object"
            )
            return ArchiveStatus(
                lastRun: last.map(ArchiveStatus.LastRun.init),
                lastComplete: try Self.lastComplete(upTo: last, db),
                sources: sources.map(ArchiveStatus.Source.init)
                    .map { $0.seen(in: Self.summary(last)) },
                oldestUnarchived: try String.fetchOne(
                    db,
                    sql: """
                        SELECT min(t) FROM (
                            SELECT min(first_seen) AS t FROM attachment
                            WHERE state IN ('wanted', 'failed') AND vanished IS NULL
                            UNION ALL SELECT min(first_failed) FROM ledger)
                        """
                ),
                ledger: try Int64.fetchOne(db, sql: "SELECT count(*) FROM ledger") ?? 0,
                objects: stored?["n"] ?? 0,
                bytes: stored?["bytes"] ?? 0
            )
        }
    }

    private static func lastRun(_ newest: RunID?, _ db: Database) throws -> Row? {
        if let newest,
            let row = try Row.fetchOne(
                db,
                sql: "SELECT * FROM run WHERE id = ?",
                arguments: [newest.rawValue]
            )
        {
            return row
        }
        return try Row.fetchOne(db, sql: "SELECT * FROM run ORDER BY started DESC LIMIT 1")
    }

    /// A run that seems to have ended after the newest one had a clock that was ahead: it counts
    /// only where there is no other.
    private static func lastComplete(upTo last: Row?, _ db: Database) throws -> String? {
        let (started, finished): (String?, String?) = (last?["started"], last?["finished"])
        return try String.fetchOne(
            db,
            sql: """
                SELECT coalesce(max(finished) FILTER (WHERE finished <= ?), max(finished))
                FROM run WHERE outcome = 'complete'
                """,
            arguments: [finished ?? started]
        )
    }

    static func summary(_ run: Row?) -> JSON? {
        let text: String? = run?["summary"]
        return text.flatMap { try? JSONReader.read(Array($0.utf8)) }
    }

    private static let sourceFigures = """
        SELECT s.n, s.name, s.last_complete,
            count(*) FILTER (WHERE a.state = 'held') AS held,
            count(*) FILTER (WHERE a.state = 'failed') AS failed,
            count(*) FILTER (WHERE a.state = 'wanted') AS pending,
            count(*) FILTER (WHERE a.state = 'skipped') AS skipped,
            count(*) FILTER (WHERE a.state = 'skipped' AND a.rule = 'accepted') AS accepted,
            count(*) FILTER (WHERE a.vanished IS NOT NULL) AS vanished,
            (SELECT count(*) FROM message WHERE source = s.n AND state = 'unread') AS unread
        FROM source s
        LEFT JOIN sighting i ON i.source = s.n LEFT JOIN attachment a ON a.n = i.attachment
        GROUP BY s.n ORDER BY s.n
        """
}

extension ArchiveStatus.Source {
    /// The same with what the last run's summary says of it.
    fileprivate func seen(in summary: JSON?) -> Self {
        let found = summary?["sources"]?.array?.first { $0["source"]?.string == name }
        var source = self
        source.isBlind = found?["blind"]?.bool ?? false
        return source
    }
}

extension ArchiveStatus.LastRun {
    fileprivate init(_ row: Row) {
        self.init(
            run: row["id"],
            started: row["started"],
            finished: row["finished"],
            outcome: row["outcome"],
            exitCode: row["exit_code"]
        )
    }
}

extension ArchiveStatus.Source {
    fileprivate init(_ row: Row) {
        self.init(
            name: row["name"],
            lastComplete: row["last_complete"],
            held: row["held"],
            failed: row["failed"],
            pending: row["pending"],
            skipped: row["skipped"],
            accepted: row["accepted"],
            vanished: row["vanished"],
            unread: row["unread"]
        )
    }
}
