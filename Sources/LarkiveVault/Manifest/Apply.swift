internal import FoundationEssentials
internal import GRDB
internal import LarkiveCore

/// Why a record cannot be folded into the manifest.
struct ApplyError: Error, Equatable, Sendable {
    let seq: Int64
    let detail: String
}

/// The fold: record by record into rows.
///
/// Sync, recovery and rebuild all use this one function, so that the manifest is always what the
/// log says. The order of records is the order of seq; the same record is never applied twice.
struct Apply {
    let db: Database
    let record: AuditRecord
    /// What the search index is told; nil where there is none.
    var changes: SearchChanges?

    var fields: JSONObject { record.event.record }
    var hidden: JSONObject { record.event.hidden }
    var time: String { record.time.description }

    /// Folds what is not in yet.
    ///
    /// The search index is kept in step, in the same transaction, but for a rehearsal.
    static func apply(
        _ records: some Sequence<AuditRecord>,
        to db: Database,
        indexing: Bool = true
    ) throws {
        let changes = try indexing ? SearchChanges(db) : nil
        var applied = try appliedSeq(db)
        for record in records where record.seq > applied {
            guard record.seq == applied + 1 else {
                throw ApplyError(seq: record.seq, detail: "record \(applied + 1) is missing")
            }
            try Apply(db: db, record: record, changes: changes).apply()
            applied = record.seq
        }
        try run(db, "INSERT OR REPLACE INTO meta VALUES ('applied_seq', ?)", [String(applied)])
        try changes?.finish()
    }

    /// The last record that is in the manifest; -1 for none.
    static func appliedSeq(_ db: Database) throws -> Int64 {
        try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'applied_seq'")
            .flatMap { Int64($0) } ?? -1
    }

    func apply() throws {
        switch record.event.type {
        case .archiveCreated:
            try run("INSERT INTO meta VALUES ('archive_sha256', ?)", [try text("sha256")])
        case .sourceAdded:
            try run(
                "INSERT INTO source (n, name) VALUES (?, ?)",
                [try number("source"), try secret("name")]
            )
        case .runStarted: try startRun()
        case .runFinished: try finishRun()
        case .sourceListed: try listSource()
        case .messagesExamined: try examineMessages()
        case .tasksListed: try listTasks()
        case .messageMoved:
            try run(
                "UPDATE message SET folder = ? WHERE source = ? AND id = ?",
                [try secret("to"), try number("source"), try secret("id")]
            )
        case .messageGone: try setMessage("gone")
        case .messageFailed: try failMessage()
        case .messageResolved: try clearLedger(of: messageSubject())
        case .attachmentHeld: try hold(how: try text("via"))
        case .attachmentAdopted: try hold(how: "adopted")
        case .attachmentFailed: try failAttachment()
        case .attachmentSkipped:
            try run(
                "UPDATE attachment SET state = 'skipped', rule = ? WHERE n = ?",
                [try text("rule"), try number("attachment")]
            )
        case .attachmentWanted:
            try run(
                "UPDATE attachment SET state = 'wanted', rule = NULL WHERE n = ? AND state = 'skipped'",
                [try number("attachment")]
            )
        case .attachmentResolved:
            try clearLedger(of: "attachment:\(try number("attachment"))")
        case .attachmentAccepted: try accept()
        case .attachmentVanished: try vanish()
        case .attachmentReappeared: try reappear()
        case .provenanceChanged: try miss(try number("attachment"), from: try number("source"))
        case .ledgerRetried: try retry()
        case .objectDamaged:
            try run(
                "UPDATE object SET damaged = coalesce(damaged, ?) WHERE digest = ?",
                [time, try digest("sha256")]
            )
        case .objectRepaired: try repairObject()
        case .objectLost: try loseObject()
        case .objectAccepted: try acceptLoss()
        case .verifyFinished: try finishVerify()
        case .runRecovered, .runRefused, .restoreDone, .lookupDone, .clockStepped: break
        case .keyRotated: break
        case .logRestarted: try restartLog()
        }
        if let entry = fields["inbox"]?.string {
            try run("INSERT OR IGNORE INTO inbox VALUES (?, ?)", [entry, record.seq])
        }
    }

    // MARK: runs and sources

    func startRun() throws {
        try run("INSERT INTO run (id, started) VALUES (?, ?)", [record.run.rawValue, time])
        guard let digest = fields["archive_sha256"]?.string else { return }
        try run("UPDATE meta SET value = ? WHERE name = 'archive_sha256'", [digest])
    }

    /// Every later report names the cut.
    func restartLog() throws {
        let size = fields["former_size"]?.integer.map(String.init) ?? "?"
        try run(
            "INSERT INTO meta VALUES (?, ?)",
            ["log_restarted_\(record.seq.padded(16))", "\(time) \(size)"]
        )
    }

    func finishRun() throws {
        try run(
            """
            UPDATE run SET finished = ?, outcome = ?, exit_code = ?, summary = ? WHERE id = ?
            """,
            [
                time, try text("outcome"), try number("exit_code"),
                JSONWriter.text(of: (hidden["summary"] ?? .null).sorted), record.run.rawValue,
            ]
        )
    }

    func listSource() throws {
        let complete = try require(fields["complete"]?.bool, "complete")
        try run(
            "UPDATE source SET last_listed = ?, last_complete = iif(?, ?, last_complete) WHERE n = ?",
            [time, complete, time, try number("source")]
        )
    }

    // MARK: the ledger

    func enterLedger(
        _ subject: String,
        attachment: Int64?,
        source: Int64?,
        message: String?
    ) throws {
        try run(
            """
            INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (subject) DO UPDATE SET reason = excluded.reason,
                detail = excluded.detail, attempts = excluded.attempts,
                next_try = excluded.next_try
            """,
            [
                subject, attachment, source, message, try text("reason"),
                hidden["detail"]?.string ?? "", try number("attempts"), time,
                try text("next_try"),
            ]
        )
    }

    func clearLedger(of subject: String) throws {
        try run("DELETE FROM ledger WHERE subject = ?", [subject])
    }

    // MARK: reading the record

    func run(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws {
        try Self.run(db, sql, values)
    }

    static func run(
        _ db: Database,
        _ sql: String,
        _ values: [(any DatabaseValueConvertible)?]
    ) throws {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(values.map(stored)))
    }

    /// SQLite's texts end at U+0000, which stands as U+2400 in the manifest; the record has it.
    private static func stored(
        _ value: (any DatabaseValueConvertible)?
    ) -> (any DatabaseValueConvertible)? {
        guard let text = value as? String, text.utf8.contains(0) else { return value }
        return text.replacing("\0", with: "\u{2400}")
    }

    func require<Value>(_ value: Value?, _ name: String) throws -> Value {
        guard let value else {
            throw ApplyError(
                seq: record.seq,
                detail: "\(record.event.type.rawValue) without \(name)"
            )
        }
        return value
    }

    func number(_ name: String) throws -> Int64 { try require(fields[name]?.integer, name) }
    func text(_ name: String) throws -> String { try require(fields[name]?.string, name) }
    func secret(_ name: String) throws -> String { try require(hidden[name]?.string, name) }

    func digest(_ name: String) throws -> Data {
        Data(try require(ContentDigest(hex: try text(name)), name).bytes)
    }
}
