internal import GRDB
package import LarkiveCore

/// The manifest in SQLite: one file, one connection, a rollback journal.
///
/// SQLite's default settings lose acknowledged commits in a power cut; ours are set after opening
/// and read back, and a difference refuses to run.
package struct SQLiteManifest: Sendable {
    static let fileName = "manifest.sqlite"
    /// How long a reader waits for a commit to end, in seconds.
    package static let patience = 5.0

    let queue: DatabaseQueue
    /// Whether it is a copy, as it was before a commit that a run does not go on with.
    package let isAside: Bool
    private let disk = FirstFailure()

    private typealias Pragma = (name: String, set: String, expected: String)

    /// What every connection must have, as SQLite reads it back.
    ///
    /// A transaction that outgrows the cache (KiB, negative) locks readers out before its end.
    private static let pragmas: [Pragma] = [
        ("synchronous", "EXTRA", "3"), ("foreign_keys", "ON", "1"), ("trusted_schema", "OFF", "0"),
        ("cell_size_check", "ON", "1"), ("mmap_size", "0", "0"), ("temp_store", "MEMORY", "2"),
        ("cache_size", "-65536", "-65536"),
    ]
    /// For the file that is written to.
    private static let journal: [Pragma] = [("journal_mode", "TRUNCATE", "truncate")]

    /// `verify` copies the whole file under a lock, which takes a slow disk a while.
    private static let commitPatience = 60.0

    /// Opens it for the holder of the lock; makes the tables in an empty file.
    ///
    /// `walk` is the file for what a walk sees; nil keeps that in memory.
    ///
    /// Without durability it is a scratch for comparing, in memory.
    package init(at path: String, walk: String?, durable: Bool = true) throws(ManifestError) {
        do {
            queue = try DatabaseQueue(
                path: path,
                configuration: Self.configuration(patience: Self.commitPatience)
            )
            isAside = false
            try queue.inDatabase { db in
                if durable {
                    try Self.set(Self.journal + Self.pragmas, Self.commitPatience, in: db)
                }
                try Self.checkVersion(db, mayCreate: true)
            }
        } catch { throw ManifestError(error, at: path) }
        try openWalk(at: walk)
    }

    /// Opens it for looking only; a commit that is going on is waited for, so many seconds.
    package init(reading path: String, patience: Double = patience) throws(ManifestError) {
        do {
            var configuration = Self.configuration(patience: patience)
            configuration.readonly = true
            queue = try DatabaseQueue(path: path, configuration: configuration)
            isAside = false
            try queue.inDatabase { db in
                try Self.set(Self.pragmas, patience, in: db)
                try Self.checkVersion(db, mayCreate: false)
            }
        } catch { throw ManifestError(error, at: path) }
    }

    /// Opens a copy that nobody else has, after a commit that was cut off in it is taken back.
    init(aside path: String) throws(ManifestError) {
        do {
            queue = try DatabaseQueue(
                path: path,
                configuration: Self.configuration(patience: Self.patience)
            )
            isAside = true
            try queue.inDatabase { db in
                try Self.set(Self.pragmas, Self.patience, in: db)
                try Self.checkVersion(db, mayCreate: false)
                try db.execute(sql: "PRAGMA query_only = ON")
            }
        } catch { throw ManifestError(error, at: path) }
    }

    /// A reader waits for a commit to end, and a commit for a reader.
    private static func configuration(patience: Double) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        return configuration
    }

    private static func set(
        _ pragmas: [Pragma],
        _ patience: Double,
        in db: Database
    ) throws {
        let milliseconds = String(Int(patience * 1_000))
        for pragma in pragmas + [("busy_timeout", milliseconds, milliseconds)] {
            try db.execute(sql: "PRAGMA \(pragma.name) = \(pragma.set)")
            let found = try String.fetchOne(db, sql: "PRAGMA \(pragma.name)") ?? "nothing"
            // mmap_size reads back as nothing where SQLite was built without it.
            guard found == pragma.expected || (pragma.name == "mmap_size" && found == "nothing")
            else {
                throw ManifestError(
                    .other,
                    "SQLite keeps \(pragma.name) at \(found), \(pragma.expected) is needed"
                )
            }
        }
    }

    private static func checkVersion(_ db: Database, mayCreate: Bool) throws {
        let version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        if mayCreate, version == 0, application == 0, try db.tableExists("meta") == false {
            return try db.inTransaction {
                try Schema.create(in: db)
                return .commit
            }
        }
        guard application == Schema.applicationID else {
            throw ManifestError(.damaged, "manifest.sqlite is not a manifest of larkive")
        }
        guard version == Schema.version else {
            throw ManifestError(
                .newerFormat,
                "manifest.sqlite has format \(version), known is \(Schema.version)"
            )
        }
    }

    /// What the walk has seen; gone with the run, so it needs no durability.
    private func openWalk(at path: String?) throws(ManifestError) {
        try inDatabase { db in
            try db.execute(sql: "ATTACH DATABASE ? AS walk", arguments: [path ?? ":memory:"])
            try db.execute(sql: "PRAGMA walk.journal_mode = OFF")
            try db.execute(sql: "PRAGMA walk.synchronous = OFF")
            try db.execute(
                sql: """
                    CREATE TABLE walk.message (
                        source INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (source, id)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE walk.attachment (
                        source INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (source, key)
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
    }

    func inDatabase<Value>(_ body: (Database) throws -> Value) throws(ManifestError) -> Value {
        do {
            return try queue.inDatabase(body)
        } catch { throw disk.told(ManifestError(error, at: queue.path)) }
    }

    /// As ``inDatabase(_:)``, with one lock and one state of the rows for all that is read.
    ///
    /// For short looks: a commit waits for them, and not for long.
    func inSnapshot<Value>(_ body: (Database) throws -> Value) throws(ManifestError) -> Value {
        do {
            return try queue.read(body)
        } catch { throw disk.told(ManifestError(error, at: queue.path)) }
    }

    func inTransaction(_ body: (Database) throws -> Void) throws(ManifestError) {
        do {
            try queue.inTransaction { db in
                try body(db)
                return .commit
            }
        } catch { throw disk.told(ManifestError(error, at: queue.path)) }
    }
}
