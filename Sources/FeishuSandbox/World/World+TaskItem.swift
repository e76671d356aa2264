extension World {
    /// One task or subtask.
    package struct TaskItem: Sendable {
        package var guid: String
        package var summary: String
        package var creator: Person
        package var created: Moment
        package var isCompleted = false
        /// The task that this one is a part of.
        package var parent: String?
        package var isForbidden = false
        package var attachments: [TaskAttachment]
        package var distortion = Distortion()

        package init(
            guid: String,
            summary: String,
            creator: Person,
            created: Moment,
            parent: String? = nil,
            attachments: [TaskAttachment] = []
        ) {
            self.guid = guid
            self.summary = summary
            self.creator = creator
            self.created = created
            self.parent = parent
            self.attachments = attachments
        }
    }

    /// A file on a task.
    package struct TaskAttachment: Sendable {
        package var guid: String
        package var fileToken: String
        package var name: String
        package var content: Content
        package var uploaded: Moment
        package var distortion = Distortion()

        package init(
            guid: String,
            fileToken: String,
            name: String,
            content: Content,
            uploaded: Moment
        ) {
            self.guid = guid
            self.fileToken = fileToken
            self.name = name
            self.content = content
            self.uploaded = uploaded
        }
    }

    /// A list of tasks; one task may be in several.
    package struct Tasklist: Sendable {
        package var guid: String
        package var name: String
        package var owner: Person
        package var created: Moment
        package var isForbidden = false
        package var tasks: [String] = []

        package init(guid: String, name: String, owner: Person, created: Moment) {
            self.guid = guid
            self.name = name
            self.owner = owner
            self.created = created
        }
    }
}
