import LarkiveCore

/// A look at a root of tasks: a first page, and what hangs on the first task of it.
struct BoardLook {
    private let client: FeishuClient
    private(set) var look: SourceLook

    init(_ client: FeishuClient, _ source: SourceName) {
        self.client = client
        look = SourceLook(source)
    }

    mutating func run() async {
        do throws(SourceError) {
            guard let task = try await firstTask() else { return }
            look.canary = task.rawValue
            try await examine(task)
        } catch {
            look.failures.append(error)
        }
    }

    private mutating func firstTask() async throws(SourceError) -> TaskItem.ID? {
        switch look.source {
        case .mail: return nil
        case .tasklist(let list):
            return try await first(
                of: FeishuCall(.tasklistTasks, list.rawValue),
                in: "tasklist \(list)"
            )
        case .task(let task):
            try await check(task)
            return task
        case .myTasks:
            return try await first(
                of: FeishuCall(.myTasks).with("type", "my_tasks"),
                in: "my tasks"
            )
        }
    }

    private mutating func first(
        of call: FeishuCall,
        in place: String
    ) async throws(SourceError) -> TaskItem.ID? {
        let page = try await self.page(of: call, in: place)
        look.isReachable = true
        look.items = page.items.count
        look.hasMore = page.hasMore
        return page.items.lazy.compactMap { try? TaskNode($0, parent: nil) }.first?.task.id
    }

    private mutating func check(_ task: TaskItem.ID) async throws(SourceError) {
        do {
            _ = try await client.answer(to: FeishuCall(.task, task.rawValue))
        } catch {
            throw SourceError(error, in: "task \(task)")
        }
        look.isReachable = true
        look.items = 1
    }

    /// Attachments and subtasks have scopes of their own; both are refused loudly.
    private mutating func examine(_ task: TaskItem.ID) async throws(SourceError) {
        let place = "task \(task)"
        let attachments = FeishuCall(.taskAttachments).with("resource_type", "task")
            .with("resource_id", task.rawValue)
        for item in try await page(of: attachments, in: place).items {
            look.saw(try? item.object?.moment("uploaded_at"))
        }
        _ = try await page(of: FeishuCall(.subtasks, task.rawValue), in: place)
        look.proof = .proven
    }

    private func page(
        of call: FeishuCall,
        in place: String
    ) async throws(SourceError) -> Page {
        do {
            return try await Page.first(of: call, client)
        } catch {
            throw SourceError(error, in: place)
        }
    }
}
