import LarkiveCore

/// Events that are recorded together; gives the numbers of attachments as a run would.
struct Batch {
    /// So many messages stand in one record at most.
    static let largestRecord = 20

    private(set) var events: [AuditEvent] = []
    /// The number of the next new attachment.
    private(set) var next: Int64

    init(next: Int64) { self.next = next }

    mutating func add(_ event: AuditEvent) { events.append(event) }

    mutating func examine(
        _ messages: [ExaminedMessage],
        source: Int64,
        holding contents: [Contents.Content?]
    ) {
        add(.examined(messages, source: source, first: next))
        hold(contents, via: "link")
    }

    mutating func list(
        _ tasks: [(item: TaskItem, steps: [TaskPlan.Step])],
        source: Int64,
        holding contents: [Contents.Content?]
    ) {
        add(.listed(tasks, source: source, first: next))
        hold(contents, via: "listing-link")
    }

    /// New attachments, in their order; those without content failed.
    private mutating func hold(_ contents: [Contents.Content?], via way: String) {
        for content in contents {
            if let content { hold(content, number: next, via: way) } else { fail(next) }
            next += 1
        }
    }

    mutating func hold(
        _ content: Contents.Content,
        number: Int64,
        version: Int64 = 1,
        via way: String
    ) {
        add(
            AuditEvent(
                .attachmentHeld,
                [
                    "attachment": .integer(number), "version": .integer(version),
                    "sha256": .string(content.digest.hex), "size": .integer(content.size),
                    "via": .string(way),
                ],
                hidden: ["headers": .object(["content-length": .string(String(content.size))])]
            )
        )
    }

    private mutating func fail(_ number: Int64) {
        add(
            AuditEvent(
                .attachmentFailed,
                [
                    "attachment": .integer(number), "version": 1, "reason": "link_dead",
                    "attempts": 1, "next_try": .string(Timestamp.epoch.description),
                ],
                hidden: ["detail": "the link was dead before it was used"]
            )
        )
    }
}
