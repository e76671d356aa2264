import LarkiveCore

/// One task looked at: its attachments and its direct subtasks.
struct TaskLook: Sendable {
    private let client: FeishuClient
    private let desk: LeaseDesk
    private let task: TaskItem
    private var attachments: [Attachment] = []
    private var keys: Set<AttachmentKey> = []
    private var unreadable: [SourceError] = []
    private(set) var subtasks: [TaskNode] = []
    /// A refusal that may mean that the platform is down.
    private(set) var serverFailure: SourceError?

    private init(_ client: FeishuClient, _ desk: LeaseDesk, _ task: TaskItem) {
        self.client = client
        self.desk = desk
        self.task = task
    }

    /// Attachments and subtasks are asked for at once.
    static func made(
        of node: TaskNode,
        _ client: FeishuClient,
        _ desk: LeaseDesk
    ) async throws(SourceError) -> TaskLook {
        var look = TaskLook(client, desk, node.task)
        async let below = below(node, client, desk)
        try await look.listAttachments()
        look.add(try await below.get())
        return look
    }

    private static func below(
        _ node: TaskNode,
        _ client: FeishuClient,
        _ desk: LeaseDesk
    ) async -> Result<TaskLook, SourceError> {
        var look = TaskLook(client, desk, node.task)
        do throws(SourceError) {
            if node.mayHaveSubtasks { try await look.listSubtasks() }
            return .success(look)
        } catch {
            return .failure(error)
        }
    }

    private mutating func add(_ below: TaskLook) {
        subtasks = below.subtasks
        unreadable += below.unreadable
        serverFailure = serverFailure ?? below.serverFailure
    }

    var page: TaskPage {
        TaskPage(task: task, attachments: attachments, unreadable: unreadable)
    }

    /// Source: the page on listing attachments; each item carries a fresh link.
    private mutating func listAttachments() async throws(SourceError) {
        let call = FeishuCall(.taskAttachments).with("resource_type", "task")
            .with("resource_id", task.id.rawValue)
        var pager = Pager(client, call, id: \.guid)
        do throws(ListError) {
            while let next = try await pager.next() {
                for item in next.page.items { await take(item, sent: next.sent) }
            }
        } catch {
            try note(error, "attachments")
        }
    }

    /// Source: the page on listing subtasks; deeper ones are found by asking again.
    private mutating func listSubtasks() async throws(SourceError) {
        var pager = Pager(client, FeishuCall(.subtasks, task.id.rawValue), id: \.guid)
        do throws(ListError) {
            while let next = try await pager.next() {
                for item in next.page.items { take(subtask: item) }
            }
        } catch {
            try note(error, "subtasks")
        }
    }

    private mutating func take(_ item: JSON, sent: Duration) async {
        do throws(BadAnswer) {
            let attachment = try Attachment(task: task.id, item)
            // A list that grows while it is read may show an item twice.
            guard keys.insert(attachment.key).inserted else { return try isSame(attachment) }
            attachments.append(attachment)
            guard let url = item["url"]?.string, !url.isEmpty else { return }
            await desk.offer(DownloadLease(Secret(url), .task, sent: sent), for: attachment.key)
        } catch {
            let name = item.guid.map { " \(PlainText.short($0))" } ?? ""
            unreadable.append(malformed("attachment\(name): \(error.detail)"))
        }
    }

    private func isSame(_ repeated: Attachment) throws(BadAnswer) {
        let first = attachments.first { $0.key == repeated.key }
        guard first?.fileToken == repeated.fileToken, first?.size == repeated.size else {
            throw BadAnswer("its guid stands twice, with other content")
        }
    }

    private mutating func take(subtask item: JSON) {
        do throws(BadAnswer) {
            subtasks.append(try TaskNode(item, parent: task.id))
        } catch {
            unreadable.append(malformed("a subtask cannot be read: \(error.detail)"))
        }
    }

    private func malformed(_ words: String) -> SourceError {
        SourceError(.incomplete, "task \(task.id): \(words)")
    }

    private mutating func note(_ error: ListError, _ what: String) throws(SourceError) {
        let failure = SourceError(error, in: "task \(task.id), \(what)")
        guard case .refused(let refusal) = error else {
            unreadable.append(failure)
            return
        }
        guard !refusal.sinksSource else { throw failure }
        if refusal.meaning == .server { serverFailure = failure }
        unreadable.append(failure)
    }
}
