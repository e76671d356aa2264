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

    private var fields: JSONObject { record.event.record }
    private var hidden: JSONObject { record.event.hidden }
    private var time: String { record.time.description }

    static func apply(_ records: some Sequence<AuditRecord>, to db: Database) throws {
        var applied = try appliedSeq(db)
        for record in records where record.seq > applied {
            guard record.seq == applied + 1 else {
                throw ApplyError(seq: record.seq, detail: "record \(applied + 1) is missing")
            }
            try Apply(db: db, record: record).apply()
            applied = record.seq
        }
        try run(db, "INSERT OR REPLACE INTO meta VALUES ('applied_seq', ?)", [String(applied)])
    }

    /// The last record that is in the manifest; -1 for none.
    static func appliedSeq(_ db: Database) throws -> Int64 {
        try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'applied_seq'")
            .flatMap { Int64($0) } ?? -1
    }

    private func apply() throws {
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
        case .objectDamaged:
            try run(
                "UPDATE object SET damaged = ? WHERE digest = ?",
                [time, try digest("sha256")]
            )
        case .runRecovered, .runRefused, .verifyFinished, .restoreDone, .clockStepped: break
        }
        if let entry = fields["inbox"]?.string {
            try run("INSERT OR IGNORE INTO inbox VALUES (?, ?)", [entry, record.seq])
        }
    }

    // MARK: runs and sources

    private func startRun() throws {
        try run("INSERT INTO run (id, started) VALUES (?, ?)", [record.run.rawValue, time])
        guard let digest = fields["archive_sha256"]?.string else { return }
        try run("UPDATE meta SET value = ? WHERE name = 'archive_sha256'", [digest])
    }

    private func finishRun() throws {
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

    private func listSource() throws {
        let complete = try require(fields["complete"]?.bool, "complete")
        try run(
            "UPDATE source SET last_listed = ?, last_complete = iif(?, ?, last_complete) WHERE n = ?",
            [time, complete, time, try number("source")]
        )
    }

    // MARK: mail

    private func examineMessages() throws {
        let source = try number("source")
        var next = try number("first")
        for message in try require(hidden["messages"]?.array, "messages") {
            let id = try require(message["id"]?.string, "id")
            let attachments = message["attachments"]?.array ?? []
            try run(
                """
                INSERT INTO message (source, id, folder, state, draft, attachment_count, date,
                    sender, sender_name, subject)
                VALUES (?, ?, ?, 'examined', ?, ?, ?, ?, ?, ?)
                ON CONFLICT (source, id) DO UPDATE SET folder = excluded.folder,
                    state = 'examined', draft = excluded.draft,
                    attachment_count = excluded.attachment_count, date = excluded.date,
                    sender = excluded.sender, sender_name = excluded.sender_name,
                    subject = excluded.subject
                """,
                [
                    source, id, try require(message["folder"]?.string, "folder"),
                    message["draft"]?.bool ?? false, attachments.count, message["date"]?.integer,
                    message["from"]?.string, message["from_name"]?.string,
                    message["subject"]?.string,
                ]
            )
            try clearLedger(of: "message:\(source)/\(id)")
            var present: [Int64] = []
            for attachment in attachments {
                present.append(
                    try addMail(attachment, of: id, in: source, next: &next)
                )
            }
            try dropOthers(than: present, of: id, in: source)
        }
    }

    private func addMail(
        _ item: JSON,
        of message: String,
        in source: Int64,
        next: inout Int64
    ) throws -> Int64 {
        if let known = item["number"]?.integer {
            try run("UPDATE attachment SET vanished = NULL WHERE n = ?", [known])
            return known
        }
        let number = next
        next += 1
        let id = try require(item["id"]?.string, "attachment id")
        try run(
            """
            INSERT INTO attachment (n, key, kind, source, message_id, id, state, version, type,
                inline, cid, first_seen)
            VALUES (?, ?, 'mail', ?, ?, ?, 'wanted', 1, ?, ?, ?, ?)
            """,
            [
                number, try mailKey(source: source, message: message, attachment: id), source,
                message, id, item["type"]?.integer, item["inline"]?.bool ?? false,
                item["cid"]?.string, time,
            ]
        )
        try addVersion(1, of: number, item)
        try sight(number, from: source)
        return number
    }

    private func mailKey(source: Int64, message: String, attachment: String) throws -> String {
        let name = try String.fetchOne(
            db,
            sql: "SELECT name FROM source WHERE n = ?",
            arguments: [source]
        )
        guard case .mail(let mailbox)? = name.flatMap({ SourceName($0) }),
            let message = Message.ID(message), let attachment = Attachment.ID(attachment)
        else { throw ApplyError(seq: record.seq, detail: "ids that make no key") }
        return AttachmentKey.mail(mailbox, message, attachment).description
    }

    /// A draft that was examined again may have lost attachments; what was archived stays.
    private func dropOthers(than present: [Int64], of message: String, in source: Int64) throws {
        let rows = try Int64.fetchAll(
            db,
            sql:
                "SELECT n FROM attachment WHERE source = ? AND message_id = ? AND vanished IS NULL",
            arguments: [source, message]
        )
        for number in rows where !present.contains(number) {
            try run("UPDATE attachment SET vanished = ? WHERE n = ?", [time, number])
        }
    }

    private func setMessage(_ state: String) throws {
        try run(
            """
            INSERT INTO message (source, id, folder, state) VALUES (?, ?, ?, ?)
            ON CONFLICT (source, id) DO UPDATE SET state = excluded.state
            """,
            [
                try number("source"), try secret("id"), hidden["folder"]?.string ?? "", state,
            ]
        )
        if state == "gone" { try clearLedger(of: messageSubject()) }
    }

    private func messageSubject() throws -> String {
        "message:\(try number("source"))/\(try secret("id"))"
    }

    private func failMessage() throws {
        try setMessage("unread")
        try enterLedger(
            messageSubject(),
            attachment: nil,
            source: try number("source"),
            message: try secret("id")
        )
    }

    // MARK: tasks

    private func listTasks() throws {
        let source = try number("source")
        var next = try number("first")
        for task in try require(hidden["tasks"]?.array, "tasks") {
            let guid = try require(task["guid"]?.string, "guid")
            try run(
                """
                INSERT INTO task VALUES (?, ?, ?)
                ON CONFLICT (guid) DO UPDATE SET parent = excluded.parent,
                    summary = excluded.summary
                """,
                [guid, task["parent"]?.string, try require(task["summary"]?.string, "summary")]
            )
            for item in task["attachments"]?.array ?? [] {
                try addTask(item, of: guid, from: source, next: &next)
            }
        }
    }

    private func addTask(
        _ item: JSON,
        of task: String,
        from source: Int64,
        next: inout Int64
    ) throws {
        if let known = item["number"]?.integer {
            try sight(known, from: source)
            guard let version = item["version"]?.integer else { return }
            try addVersion(version, of: known, item)
            return try run(
                "UPDATE attachment SET version = ?, state = 'wanted', rule = NULL WHERE n = ?",
                [version, known]
            )
        }
        let number = next
        next += 1
        let guid = try require(item["guid"]?.string, "attachment guid")
        guard let task = TaskItem.ID(task), let id = Attachment.ID(guid) else {
            throw ApplyError(seq: record.seq, detail: "guids that make no key")
        }
        try run(
            """
            INSERT INTO attachment (n, key, kind, task_guid, id, state, version, uploader,
                uploaded, first_seen)
            VALUES (?, ?, 'task', ?, ?, 'wanted', 1, ?, ?, ?)
            """,
            [
                number, AttachmentKey.task(task, id).description, task.rawValue, guid,
                item["uploader"]?.string, item["time"]?.integer, time,
            ]
        )
        try addVersion(1, of: number, item)
        try sight(number, from: source)
    }

    // MARK: attachments

    private func addVersion(_ version: Int64, of attachment: Int64, _ item: JSON) throws {
        try run(
            "INSERT INTO version (attachment, n, name, size, file_token) VALUES (?, ?, ?, ?, ?)",
            [
                attachment, version, try require(item["name"]?.string, "name"),
                item["size"]?.integer, item["file_token"]?.string,
            ]
        )
    }

    private func sight(_ attachment: Int64, from source: Int64) throws {
        try run(
            """
            INSERT INTO sighting (attachment, source) VALUES (?, ?)
            ON CONFLICT (attachment, source) DO UPDATE SET missed_at = NULL
            """,
            [attachment, source]
        )
    }

    private func hold(how: String) throws {
        let (attachment, version) = (try number("attachment"), try number("version"))
        let digest = try digest("sha256")
        try run(
            "INSERT OR IGNORE INTO object (digest, size, first_held) VALUES (?, ?, ?)",
            [digest, try number("size"), time]
        )
        try run(
            """
            UPDATE version SET digest = ?, how = ?, held_at = ?, held_run = ?
            WHERE attachment = ? AND n = ?
            """,
            [digest, how, time, record.run.rawValue, attachment, version]
        )
        try run(
            "UPDATE attachment SET state = 'held', rule = NULL WHERE n = ? AND version = ?",
            [attachment, version]
        )
        try clearLedger(of: "attachment:\(attachment)")
    }

    private func failAttachment() throws {
        let attachment = try number("attachment")
        try run("UPDATE attachment SET state = 'failed', rule = NULL WHERE n = ?", [attachment])
        try enterLedger(
            "attachment:\(attachment)",
            attachment: attachment,
            source: nil,
            message: nil
        )
    }

    // MARK: the ledger

    private func enterLedger(
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

    private func clearLedger(of subject: String) throws {
        try run("DELETE FROM ledger WHERE subject = ?", [subject])
    }

    // MARK: reading the record

    private func run(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws {
        try Self.run(db, sql, values)
    }

    private static func run(
        _ db: Database,
        _ sql: String,
        _ values: [(any DatabaseValueConvertible)?]
    ) throws {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
    }

    private func require<Value>(_ value: Value?, _ name: String) throws -> Value {
        guard let value else {
            throw ApplyError(
                seq: record.seq,
                detail: "\(record.event.type.rawValue) without \(name)"
            )
        }
        return value
    }

    private func number(_ name: String) throws -> Int64 { try require(fields[name]?.integer, name) }
    private func text(_ name: String) throws -> String { try require(fields[name]?.string, name) }
    private func secret(_ name: String) throws -> String { try require(hidden[name]?.string, name) }

    private func digest(_ name: String) throws -> Data {
        Data(try require(ContentDigest(hex: try text(name)), name).bytes)
    }
}
