internal import GRDB
internal import LarkiveCore

/// Which documents of the search index rows of other tables belong to.
extension Apply {
    /// A source that lists it already changes nothing: every run sees all of it again.
    func touch(_ attachment: Int64, whenNewIn source: Int64) throws {
        guard let changes else { return }
        let isKnown = try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM sighting WHERE attachment = ? AND source = ?)"
            ),
            arguments: [attachment, source]
        )
        if isKnown != true { try changes.touch(attachment) }
    }

    func touchAttachments(of message: String, in source: Int64) throws {
        guard let changes else { return }
        let numbers = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT n FROM attachment WHERE source = ? AND message_id = ?"),
            arguments: [source, message]
        )
        for number in numbers { try changes.touch(number) }
    }

    func touchAttachments(of task: String, whenOtherThan summary: String) throws {
        guard let changes else { return }
        let numbers = try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT a.n FROM task t JOIN attachment a ON a.task_guid = t.guid
                    WHERE t.guid = ? AND t.summary <> ?
                    """
            ),
            arguments: [task, summary]
        )
        for number in numbers { try changes.touch(number) }
    }
}
