internal import FoundationEssentials
internal import GRDB
internal import LarkiveCore

/// Versions, sightings and states of attachments.
extension Apply {
    func addVersion(_ version: Int64, of attachment: Int64, _ item: JSON) throws {
        try changes?.touch(attachment)
        try run(
            "INSERT INTO version (attachment, n, name, size, file_token) VALUES (?, ?, ?, ?, ?)",
            [
                attachment, version, try require(item["name"]?.string, "name"),
                item["size"]?.integer, item["file_token"]?.string,
            ]
        )
    }

    func sight(_ attachment: Int64, from source: Int64) throws {
        try touch(attachment, whenNewIn: source)
        try run(
            """
            INSERT INTO sighting (attachment, source) VALUES (?, ?)
            ON CONFLICT (attachment, source) DO UPDATE SET missed_at = NULL
            """,
            [attachment, source]
        )
    }

    func hold(how: String) throws {
        let (attachment, version) = (try number("attachment"), try number("version"))
        let digest = try digest("sha256")
        // Only now its size may become known.
        try changes?.touch(attachment)
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

    /// One source lists it no more.
    func miss(_ attachment: Int64, from source: Int64) throws {
        try run(
            """
            UPDATE sighting SET missed_at = coalesce(missed_at, ?)
            WHERE attachment = ? AND source = ?
            """,
            [time, attachment, source]
        )
    }

    func vanish() throws {
        let attachment = try number("attachment")
        try changes?.touch(attachment)
        try miss(attachment, from: try number("source"))
        try run(
            "UPDATE attachment SET vanished = coalesce(vanished, ?) WHERE n = ?",
            [time, attachment]
        )
    }

    /// Lifts the tombstone; a message that was gone is there again with it.
    func reappear() throws {
        let (attachment, source) = (try number("attachment"), try number("source"))
        try changes?.touch(attachment)
        try sight(attachment, from: source)
        try run("UPDATE attachment SET vanished = NULL WHERE n = ?", [attachment])
        try run(
            """
            UPDATE message SET state = 'examined' WHERE state = 'gone' AND (source, id) =
                (SELECT source, message_id FROM attachment WHERE n = ? AND kind = 'mail')
            """,
            [attachment]
        )
    }

    /// Somebody takes the loss upon themselves: it is counted as skipped from now on.
    func accept() throws {
        let attachment = try number("attachment")
        try run(
            "UPDATE attachment SET state = 'skipped', rule = 'accepted' WHERE n = ?",
            [attachment]
        )
        try clearLedger(of: "attachment:\(attachment)")
    }

    /// Makes an item of the ledger due at once.
    func retry() throws {
        let subject: String
        if let attachment = fields["attachment"]?.integer {
            subject = "attachment:\(attachment)"
        } else {
            subject = try messageSubject()
        }
        try run("UPDATE ledger SET next_try = ? WHERE subject = ?", [time, subject])
    }

    func failAttachment() throws {
        let attachment = try number("attachment")
        let newest = try Int64.fetchOne(
            db,
            sql: "SELECT version FROM attachment WHERE n = ?",
            arguments: [attachment]
        )
        // A content that was replaced while it was being fetched concerns nobody any more.
        if let version = fields["version"]?.integer, version != newest { return }
        try run("UPDATE attachment SET state = 'failed', rule = NULL WHERE n = ?", [attachment])
        try enterLedger(
            "attachment:\(attachment)",
            attachment: attachment,
            source: nil,
            message: nil
        )
    }
}
