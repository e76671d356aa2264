import LarkiveCore

/// One walk through tasks and their subtasks.
///
/// What is wrong with one task is told with that task; what is wrong with everything ends the walk.
struct TaskWalk {
    typealias Visit = (TaskPage) async throws -> Void

    /// So many tasks in a row that the platform fails on mean that it is down.
    static let strikes = 3
    /// So many tasks are looked at at once.
    static let together = 8

    private let client: FeishuClient
    private let desk: LeaseDesk
    private var seen: Set<TaskItem.ID> = []
    private var failuresInARow = 0

    init(_ client: FeishuClient, _ desk: LeaseDesk) {
        self.client = client
        self.desk = desk
    }

    /// Source: the page on a tasklist's tasks; without `completed` both kinds are listed.
    mutating func visitTasks(of list: Tasklist.ID, _ visit: Visit) async throws {
        let call = FeishuCall(.tasklistTasks, list.rawValue)
        try await visitAll(call, "tasklist \(list)", visit)
    }

    /// Source: the page on listing tasks: those of the user whose token is shown, whether completed
    /// or not.
    mutating func visitMyTasks(_ visit: Visit) async throws {
        try await visitAll(FeishuCall(.myTasks).with("type", "my_tasks"), "my tasks", visit)
    }

    private mutating func visitAll(
        _ call: FeishuCall,
        _ place: String,
        _ visit: Visit
    ) async throws {
        var pager = Pager(client, call, id: \.guid)
        var unreadable: [String] = []
        while let page = try await next(&pager, in: place) {
            var nodes: [TaskNode] = []
            for item in page.items {
                do throws(BadAnswer) {
                    nodes.append(try TaskNode(item, parent: nil))
                } catch {
                    unreadable.append("\(place): a task cannot be read: \(error.detail)")
                }
            }
            do {
                try await visitTrees(nodes, visit)
            } catch let failure as SourceError {
                throw failure.naming(["what comes after it in \(place)"])
            }
        }
        if let words = unreadable.first {
            throw SourceError(.incomplete, words).naming(Array(unreadable.dropFirst()))
        }
    }

    /// Source: the page on getting a task.
    mutating func visitTask(_ id: TaskItem.ID, _ visit: Visit) async throws {
        let place = "task \(id)"
        let data: JSONObject
        do throws(FeishuError) {
            data = try await client.answer(to: FeishuCall(.task, id.rawValue)).data
        } catch {
            throw SourceError(error, in: place)
        }
        let node: TaskNode
        do throws(BadAnswer) {
            node = try TaskNode(data["task"] ?? .null, parent: nil)
            guard node.task.id == id else { throw BadAnswer("guid is that of another task") }
        } catch {
            throw SourceError(.incomplete, "\(place): \(error.detail)")
        }
        try await visitTrees([node], visit)
    }

    private func next(
        _ pager: inout Pager,
        in place: String
    ) async throws(SourceError) -> Page? {
        do {
            return try await pager.next()?.page
        } catch {
            throw SourceError(error, in: place)
        }
    }

    /// Parents before children; a task that was met before is not visited again.
    ///
    /// Some are looked at ahead, in the order in which they will be visited; visits wait for their
    /// turn, one at a time.
    private mutating func visitTrees(_ roots: [TaskNode], _ visit: Visit) async throws {
        var waiting = Array(roots.reversed())
        var ahead: [Task<TaskLook, any Error>] = []
        defer { for look in ahead { look.cancel() } }
        while true {
            while ahead.count < Self.together, let node = waiting.popLast() {
                if seen.insert(node.task.id).inserted { ahead.append(begin(node)) }
            }
            guard !ahead.isEmpty else { return }
            let look = try await ended(ahead.removeFirst())
            try count(look)
            try await visit(look.page)
            waiting += look.subtasks.reversed()
        }
    }

    private func begin(_ node: TaskNode) -> Task<TaskLook, any Error> {
        let (client, desk) = (client, desk)
        return Task { try await TaskLook.made(of: node, client, desk) }
    }

    private func ended(_ task: Task<TaskLook, any Error>) async throws -> TaskLook {
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private mutating func count(_ look: TaskLook) throws(SourceError) {
        failuresInARow = look.serverFailure == nil ? 0 : failuresInARow + 1
        if let failure = look.serverFailure, failuresInARow >= Self.strikes { throw failure }
    }
}

extension JSON {
    /// What tells tasks and their attachments apart.
    var guid: String? { self["guid"]?.string }
}
