/// A mail message with what hangs on it.
package struct Message: Hashable, Sendable {
    package typealias ID = Identifier<Message>

    package let id: ID
    /// Where it lies now, as far as the platform tells.
    package let folder: Folder.ID?
    package let subject: String?
    package let senderAddress: String?
    package let senderName: String?
    package let date: Timestamp?
    /// `message_state` 3: it may still change under the same id.
    package let isDraft: Bool
    package let attachments: [Attachment]
    /// The platform's JSON without bodies and links.
    package let evidence: JSON

    package init(
        id: ID,
        folder: Folder.ID? = nil,
        subject: String?,
        senderAddress: String?,
        senderName: String?,
        date: Timestamp?,
        isDraft: Bool,
        attachments: [Attachment],
        evidence: JSON
    ) {
        self.id = id
        self.folder = folder
        self.subject = subject
        self.senderAddress = senderAddress
        self.senderName = senderName
        self.date = date
        self.isDraft = isDraft
        self.attachments = attachments
        self.evidence = evidence
    }
}

/// A folder of a mailbox.
package struct Folder: Hashable, Sendable {
    package typealias ID = Identifier<Folder>

    package let id: ID
    package let name: String

    package init(id: ID, name: String) {
        self.id = id
        self.name = name
    }

    /// Messages in these folders may still change under the same id.
    package static func holdsDrafts(_ id: ID) -> Bool {
        id.rawValue == "DRAFT" || id.rawValue == "SCHEDULED"
    }
}

/// A task or subtask.
package struct TaskItem: Hashable, Sendable {
    package typealias ID = Identifier<TaskItem>

    package let id: ID
    package let parent: ID?
    package let summary: String

    package init(id: ID, parent: ID?, summary: String) {
        self.id = id
        self.parent = parent
        self.summary = summary
    }
}
