/// Walks one task source: lists attachments of every task, records what is new, concludes what is
/// gone.
struct TaskWalk {
    let root: TaskRoot
    let source: Int64
    let name: SourceName
    let parts: WalkParts

    func run(_ report: inout WalkReport) async throws {
        try await parts.tasks.walk(root) { page in
            try await parts.checkpoint()
            report.unreadable += page.unreadable
            try await take(page)
        }
        report.hasReachedEnd = true
        guard report.mayConclude, parts.rules.mayConclude else { return }
        let absences = TaskAbsences(source: source, name: name, parts: parts)
        try await absences.conclude(&report)
    }

    private func take(_ page: TaskPage) async throws {
        parts.observer.observe(.listed(1))
        try parts.memory.mark(page.attachments.map(\.key), in: source)
        let plan = TaskPlan(page: page, known: try parts.memory.task(page.task.id, from: source))
        guard plan.isTaskNew || !plan.steps.isEmpty else { return }
        try await record(plan, of: page.task)
        let wanted = plan.steps.compactMap(\.wanted)
        if !wanted.isEmpty {
            let bytes = wanted.compactMap(\.size).reduce(0, +)
            parts.observer.observe(.wanted(wanted.count, bytes: bytes, linkCalls: 0))
        }
        // Numbers that are known lie behind what was handed out already.
        for case .changed(_, let number, _) in plan.steps {
            try await parts.backlog?.again(number, hasChanged: true)
        }
        for case .sighted(let number) in plan.steps {
            try await parts.backlog?.again(number)
        }
        await parts.backlog?.news(from: source)
    }

    private func record(_ plan: TaskPlan, of task: TaskItem) async throws {
        let count = plan.steps.filter(\.isNew).count
        try await parts.recorder.record([], numbering: count) { [source] first in
            [.listed([(task, plan.steps)], source: source, first: first)]
                + plan.reappeared.map { .reappeared($0, source: source) }
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
