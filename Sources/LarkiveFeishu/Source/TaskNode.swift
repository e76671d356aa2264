import LarkiveCore

/// A task as a list shows it, with what the walk needs to know.
struct TaskNode: Equatable, Sendable {
    let task: TaskItem
    /// False only where the platform says that there are none.
    let mayHaveSubtasks: Bool
}

extension TaskNode {
    /// Source: the pages on tasks and tasklists; a summary and a full task share these members.
    init(_ item: JSON, parent: TaskItem.ID?) throws(BadAnswer) {
        guard let item = item.object else { throw BadAnswer("it is no object") }
        let count = try item.integer("subtask_count")
        let named = try item.text("parent_task_guid").flatMap(TaskItem.ID.init)
        task = TaskItem(
            id: try item.id("guid"),
            parent: parent ?? named,
            summary: try item.text("summary") ?? ""
        )
        mayHaveSubtasks = count != 0
    }
}

extension Attachment {
    /// Source: the page on listing attachments.
    init(task: TaskItem.ID, _ item: JSON) throws(BadAnswer) {
        guard let item = item.object else { throw BadAnswer("it is no object") }
        let id: ID = try item.id("guid")
        guard let name = try item.text("name") else { throw BadAnswer("name is missing") }
        guard let size = try item.integer("size"), size >= 0 else {
            throw BadAnswer("size is missing or negative")
        }
        let token = try item.text("file_token") ?? ""
        let upload = TaskUpload(
            uploader: try item.members("uploader")?.text("id"),
            uploadedAt: try item.moment("uploaded_at"),
            evidence: .object(item.without(["url", "download_url", "body"]))
        )
        self.init(
            key: .task(task, id),
            name: name,
            size: size,
            fileToken: try FileToken(listed: token),
            kind: .task(upload)
        )
    }
}

extension FileToken {
    /// An empty token is none; one that is no id is a bad answer.
    fileprivate init?(listed text: String) throws(BadAnswer) {
        guard !text.isEmpty else { return nil }
        guard let token = FileToken(text) else { throw BadAnswer("file_token is no id") }
        self = token
    }
}
