package import LarkiveCore

/// Lists what hangs on tasks, over Feishu's task v2.
///
/// The links that come with a listing go to the lease desk: the first download needs no other.
package struct FeishuTaskSource: TaskSource {
    private let client: FeishuClient
    private let desk: LeaseDesk

    init(_ client: FeishuClient, _ desk: LeaseDesk) {
        self.client = client
        self.desk = desk
    }

    package func walk(
        _ root: TaskRoot,
        visit: (TaskPage) async throws -> Void
    ) async throws {
        var walk = TaskWalk(client, desk)
        switch root {
        case .tasklist(let list): try await walk.visitTasks(of: list, visit)
        case .task(let task): try await walk.visitTask(task, visit)
        case .myTasks: try await walk.visitMyTasks(visit)
        }
    }

    /// Source: the page on getting an attachment of a task.
    package func isThere(_ attachment: Attachment.ID) async throws(SourceError) -> Bool {
        do {
            _ = try await client.answer(to: FeishuCall(.taskAttachment, attachment.rawValue))
            return true
        } catch {
            guard error.meaning == .notFound else {
                throw SourceError(error, in: "task attachment \(attachment)")
            }
            return false
        }
    }
}
