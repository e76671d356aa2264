internal import GRDB
internal import LarkiveCore

/// Messages and what hangs on them.
extension Apply {
    func examineMessages() throws {
        let source = try number("source")
        var next = try number("first")
        for message in try require(hidden["messages"]?.array, "messages") {
            let id = try require(message["id"]?.string, "id")
            let attachments = message["attachments"]?.array ?? []
            try touchAttachments(of: id, in: source)
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

    func addMail(
        _ item: JSON,
        of message: String,
        in source: Int64,
        next: inout Int64
    ) throws -> Int64 {
        if let known = item["number"]?.integer {
            try changes?.touch(known)
            try run("UPDATE attachment SET vanished = NULL WHERE n = ?", [known])
            try sight(known, from: source)
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

    func mailKey(source: Int64, message: String, attachment: String) throws -> String {
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
    func dropOthers(than present: [Int64], of message: String, in source: Int64) throws {
        let rows = try Int64.fetchAll(
            db,
            sql:
                "SELECT n FROM attachment WHERE source = ? AND message_id = ? AND vanished IS NULL",
            arguments: [source, message]
        )
        for number in rows where !present.contains(number) {
            try changes?.touch(number)
            try run("UPDATE attachment SET vanished = ? WHERE n = ?", [time, number])
        }
    }

    func setMessage(_ state: String) throws {
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

    func messageSubject() throws -> String {
        "message:\(try number("source"))/\(try secret("id"))"
    }

    func failMessage() throws {
        try setMessage("unread")
        try enterLedger(
            messageSubject(),
            attachment: nil,
            source: try number("source"),
            message: try secret("id")
        )
    }
}
