internal import GRDB
package import LarkiveCore

extension SQLiteManifest {
    /// What the last run that ended could not see or do, in its own words.
    ///
    /// `newest` is the one that the log speaks of last; where it is not known times decide.
    package func lastUnseen(newest: RunID? = nil) throws(ManifestError) -> [String] {
        let summary = try inDatabase { db in
            try String.fetchOne(
                db,
                sql: """
                    SELECT summary FROM run WHERE finished IS NOT NULL
                    ORDER BY id = ? DESC, started DESC LIMIT 1
                    """,
                arguments: [newest?.rawValue ?? ""]
            )
        }
        guard let summary, let value = try? JSONReader.read(Array(summary.utf8)) else { return [] }
        return value["unseen"]?.array?.compactMap(\.string) ?? []
    }
}

extension SQLiteManifest {
    /// When a complete walk last saw a source before that time: what vanished then was there.
    package func lastComplete(
        of source: String,
        before time: String
    ) throws(ManifestError) -> String? {
        try inDatabase { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT finished, summary FROM run
                    WHERE finished < ? AND summary IS NOT NULL ORDER BY finished DESC
                    """,
                arguments: [time]
            )
            while let row = try rows.next() {
                let found = Self.summary(row)?["sources"]?.array?.first {
                    $0["source"]?.string == source
                }
                if found?["complete"]?.bool == true { return row["finished"] }
            }
            return nil
        }
    }
}

extension SQLiteManifest {
    /// Whether a run has begun, and ended if asked for that; commands that only decide have no row.
    func hasRun(_ run: RunID, ended: Bool) throws(ManifestError) -> Bool {
        try inDatabase { db in
            try Bool.fetchOne(
                db,
                sql: "SELECT 1 FROM run WHERE id = ? AND (NOT ? OR finished IS NOT NULL)",
                arguments: [run.rawValue, ended]
            ) ?? false
        }
    }
}

extension ReadingVault {
    package func status() throws(ManifestError) -> ArchiveStatus {
        try manifest.status(newest: newestRun(ended: false))
    }

    package func lastUnseen() throws(ManifestError) -> [String] {
        try manifest.lastUnseen(newest: newestRun(ended: true))
    }

    /// Nil where the log cannot be read, which `verify` tells.
    private func newestRun(ended: Bool) -> RunID? {
        try? LogRuns(audit: layout.audit).newest { try manifest.hasRun($0, ended: ended) }
    }
}
