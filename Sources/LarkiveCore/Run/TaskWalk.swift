/// Walks one task source: lists attachments of every task, records what is new.
struct TaskWalk {
    let root: TaskRoot
    let source: Int64
    let parts: WalkParts

    func run() async throws -> [SourceError] {
        var unreadable: [SourceError] = []
        try await parts.tasks.walk(root) { page in
            try Task.checkCancellation()
            unreadable += page.unreadable
            try await take(page)
        }
        return unreadable
    }

    private func take(_ page: TaskPage) async throws {
        parts.observer.observe(.listed(1))
        try parts.tally.mark(page.attachments.map(\.key), in: source)
        let plan = TaskPlan(page: page, known: try parts.known.task(page.task.id, from: source))
        guard plan.isTaskNew || !plan.steps.isEmpty else { return }
        try await record(plan, of: page.task)
        let wanted = plan.steps.compactMap(\.wanted)
        guard !wanted.isEmpty else { return }
        parts.observer.observe(
            .wanted(wanted.count, bytes: wanted.compactMap(\.size).reduce(0, +))
        )
        for case .changed(_, let number, _) in plan.steps {
            try await parts.backlog?.again(number)
        }
        await parts.backlog?.news()
    }

    private func record(_ plan: TaskPlan, of task: TaskItem) async throws {
        let count = plan.steps.filter(\.isNew).count
        try await parts.recorder.record([], numbering: count) { [source] first in
            [.listed([(task, plan.steps)], source: source, first: first)]
        }
    }
}

extension TaskPlan.Step {
    fileprivate var wanted: Attachment? {
        switch self {
        case .new(let attachment), .changed(let attachment, _, _): attachment
        case .sighted: nil
        }
    }
}
