internal import GRDB
internal import LarkiveCore

/// A manifest that is folded from the log for comparing, in files of its own in `staging/`.
///
/// Dying leaves these files; the next run removes them. A run that begins meanwhile removes their
/// names, which are needed no longer by then. Where nothing can be written it is in memory.
struct SecondManifest {
    /// Under which name the archive's own manifest stands beside the fold.
    static let here = "here"

    let fold: SQLiteManifest
    private let staging: Directory?
    private let name: String

    var isOnDisk: Bool { staging != nil }

    init(staging: Directory?) throws(ManifestError) {
        let name = LookName.made()
        self.name = name
        if let staging, let file = try? staging.file(name, .creating) {
            self.staging = staging
            _ = file
            // Dying of a full disk leaves neither the file nor its journal.
            defer { LookName.remove(name, from: staging) }
            fold = try SQLiteManifest(at: staging.path(name), walk: nil, durable: false)
        } else {
            self.staging = nil
            fold = try SQLiteManifest(at: ":memory:", walk: nil, durable: false)
        }
        try fold.inDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY")
            // What is sorted on the way needs no room on another disk either.
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
        }
    }

    /// For a fold that is there already, to be held against a manifest that nobody writes to.
    init(_ fold: SQLiteManifest) {
        (self.fold, staging, name) = (fold, nil, "")
    }

    /// Whether that manifest is healthy and has the very rows of the fold.
    func isSame(as path: String) throws(ManifestError) -> Bool {
        try attach(path)
        // Cheap looks come first; differences are of whole rows.
        guard try applied() == fold.appliedSeq() else { return false }
        guard try integrity().isEmpty else { return false }
        return try differences().isEmpty
    }

    /// Brings the archive's manifest as it is at this moment beside the fold, under the name ``here``.
    ///
    /// Copied page by page in one go, so that a run is held up for as long as that takes.
    func attach(_ manifest: SQLiteManifest, at path: String) throws(ManifestError) {
        guard let staging else { return try attach(path) }
        let copy = name + "-here"
        defer { try? staging.remove(copy) }
        do {
            let target = try DatabaseQueue(path: staging.path(copy))
            try target.inDatabase {
                try $0.execute(sql: "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF")
            }
            try manifest.queue.backup(to: target)
            try target.close()
        } catch { throw ManifestError(error) }
        try attach(staging.path(copy))
    }

    private func attach(_ path: String) throws(ManifestError) {
        try fold.inDatabase { db in
            try db.execute(sql: "ATTACH DATABASE ? AS \(Self.here)", arguments: [path])
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM here.sqlite_master") ?? 0 > 0
            else { throw ManifestError(.other, "the copy in staging was taken away meanwhile") }
        }
    }

    /// The last record that the archive's manifest has; -1 for none.
    func applied() throws(ManifestError) -> Int64 {
        try fold.inDatabase { db in
            try String.fetchOne(
                db,
                sql: "SELECT value FROM here.meta WHERE name = 'applied_seq'"
            ).flatMap { Int64($0) } ?? -1
        }
    }

    /// Why the search index is not what the rows say; nil when it is.
    func searchFault() throws(ManifestError) -> String? {
        try fold.inDatabase { db in
            try SearchCheck(db: db, schema: "here", mayWrite: isOnDisk).fault()
        }
    }

    /// What SQLite finds wrong with the file; empty when nothing is.
    func integrity() throws(ManifestError) -> [String] {
        try fold.inDatabase { db in
            try String.fetchAll(db, sql: "PRAGMA here.integrity_check(20)").filter { $0 != "ok" }
        }
    }
}

extension SecondManifest {
    /// Where the two differ, the first twenty rows by name.
    func differences() throws(ManifestError) -> [Finding] {
        try fold.inDatabase { db in
            let schema = try Self.schemaDifferences(db)
            guard schema.isEmpty else { return schema }
            var differing: [Finding] = []
            var more = 0
            for (table, order) in Schema.dumped {
                let keys = order.split(separator: ", ").map(String.init)
                for finding in try Self.rows(of: table, by: keys, db) {
                    if differing.count < 20 { differing.append(finding) } else { more += 1 }
                }
            }
            if more > 0 {
                let code = differing[0].code
                differing.append(Finding(code, "manifest.sqlite", "\(more) more rows differ"))
            }
            return differing
        }
    }

    private static func schemaDifferences(_ db: Database) throws -> [Finding] {
        let names = try String.fetchAll(
            db,
            sql: """
                SELECT type || ' ' || name FROM (
                    SELECT type, name, sql FROM here.sqlite_master
                    WHERE tbl_name NOT IN (\(SearchIndex.names))
                    EXCEPT SELECT type, name, sql FROM main.sqlite_master)
                UNION SELECT type || ' ' || name FROM (
                    SELECT type, name, sql FROM main.sqlite_master
                    WHERE tbl_name NOT IN (\(SearchIndex.names))
                    EXCEPT SELECT type, name, sql FROM here.sqlite_master)
                """
        )
        return names.map { Finding(.manifestSchema, $0, "not as larkive makes it") }
    }

    private static func rows(
        of table: String,
        by keys: [String],
        _ db: Database
    ) throws -> [Finding] {
        let columns = try db.columns(in: table, in: "main").map(\.name)
        return try extra(in: "here", not: "main", table, keys, db).map {
            Finding(.rowUnrecorded, $0, "no record of the log speaks of this row")
        }
            + extra(in: "main", not: "here", table, keys, db).map {
                Finding(.rowMissing, $0, "the log speaks of it, the row is missing")
            }
            + changed(table, keys, columns.filter { !keys.contains($0) }, db)
    }

    private static func join(_ keys: [String]) -> String {
        keys.map { "h.\($0) IS f.\($0)" }.joined(separator: " AND ")
    }

    private static func name(_ table: String, _ keys: [String], of alias: String) -> String {
        let parts = keys.map { key in
            "iif(typeof(\(alias).\(key)) = 'blob', lower(hex(\(alias).\(key))), \(alias).\(key))"
        }
        return "'\(table) ' || " + parts.joined(separator: " || '/' || ")
    }

    private static func extra(
        in one: String,
        not other: String,
        _ table: String,
        _ keys: [String],
        _ db: Database
    ) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT \(name(table, keys, of: "h")) FROM \(one).\(table) h
                WHERE NOT EXISTS (SELECT 1 FROM \(other).\(table) f WHERE \(join(keys)))
                """
        )
    }

    private static func changed(
        _ table: String,
        _ keys: [String],
        _ columns: [String],
        _ db: Database
    ) throws -> [Finding] {
        guard !columns.isEmpty else { return [] }
        let isOther = columns.map { "h.\($0) IS NOT f.\($0)" }.joined(separator: " OR ")
        let which = columns.map { "iif(h.\($0) IS NOT f.\($0), ' \($0)', '')" }
            .joined(separator: " || ")
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(name(table, keys, of: "h")) AS name, \(which) AS columns
                FROM here.\(table) h JOIN main.\(table) f ON \(join(keys)) WHERE \(isOther)
                """
        )
        return rows.map { row in
            let names = (row["columns"] as String).split(separator: " ").joined(separator: ", ")
            return Finding(.manifestDiffers, row["name"], "not what the log says: \(names)")
        }
    }
}
