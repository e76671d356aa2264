/// Fills two tasklists with tasks, subtasks and their files.
struct TaskBoardBuilder {
    private let recipe: WorldRecipe
    private var files: FileMaker
    private var board = World.TaskBoard()
    private var clock: Int64 = 1_767_229_200_000

    init(recipe: WorldRecipe) {
        self.recipe = recipe
        files = FileMaker(seed: recipe.seed, stream: "tasks")
    }

    mutating func filledBoard() -> World.TaskBoard {
        let first = tasklist("投标项目")
        let second = tasklist("Operations")
        for number in 0..<recipe.tasks { addTask(number, to: first) }
        share(with: second)
        for number in 1..<max(1, recipe.tasks) { addTask(recipe.tasks + number, to: second) }
        return board
    }

    private mutating func tasklist(_ name: String) -> String {
        let guid = files.generator.guid()
        board.add(
            World.Tasklist(guid: guid, name: name, owner: Workplace.people[0], created: tick())
        )
        return guid
    }

    /// The first task is in both lists.
    private mutating func share(with tasklist: String) {
        guard let first = board.tasks.first else { return }
        board.list(first.guid, in: tasklist)
    }

    private mutating func addTask(_ number: Int, to tasklist: String) {
        var task = blank("\(files.generator.pick(Workplace.tasks)) \(number)")
        task.isCompleted = files.generator.chance(percent: 20)
        task.attachments = attachments(number)
        board.add(task, to: [tasklist])
        guard number.isMultiple(of: 5) else { return }
        addSubtasks(of: task, deep: number.isMultiple(of: 10))
    }

    /// The files of a task: the first three are special, of the others two in five have some.
    private mutating func attachments(_ number: Int) -> [World.TaskAttachment] {
        switch number {
        case 0: return [attachment("投标书.docx", 120_000), attachment("空附件.txt", 0)]
        case 1: return (1...55).map { attachment("扫描件 \($0).pdf", 2000 + $0) }
        case 2: return copies()
        default:
            guard files.generator.chance(percent: 40) else { return [] }
            return (0...files.generator.below(3)).map { _ in attachment() }
        }
    }

    /// A file forwarded from the first task, under the same file token.
    private mutating func copies() -> [World.TaskAttachment] {
        guard var copy = board.tasks.first?.attachments.first else { return [] }
        copy.guid = files.generator.guid()
        copy.uploaded = tick()
        return [copy, attachment(nil, files.common(0)), page()]
    }

    private mutating func page() -> World.TaskAttachment {
        attachment("status.html", .text("<html><body>all systems go</body></html>"))
    }

    private mutating func addSubtasks(of task: World.TaskItem, deep: Bool) {
        var child = blank("子任务: \(task.summary)")
        child.parent = task.guid
        child.attachments = [attachment()]
        board.add(child)
        guard deep else { return }
        var grandchild = blank("子子任务: \(task.summary)")
        grandchild.parent = child.guid
        grandchild.attachments = [attachment(), attachment(nil, files.common(2))]
        board.add(grandchild)
    }

    private mutating func blank(_ summary: String) -> World.TaskItem {
        World.TaskItem(
            guid: files.generator.guid(),
            summary: summary,
            creator: files.generator.pick(Workplace.people),
            created: tick()
        )
    }

    private mutating func attachment(_ name: String, _ count: Int) -> World.TaskAttachment {
        attachment(name, files.fresh(count))
    }

    private mutating func attachment(
        _ name: String? = nil,
        _ content: World.Content? = nil
    ) -> World.TaskAttachment {
        World.TaskAttachment(
            guid: files.generator.guid(),
            fileToken: "box" + files.generator.token(24),
            name: name ?? files.name(),
            content: content ?? files.content(),
            uploaded: tick()
        )
    }

    private mutating func tick() -> Moment {
        clock += 61_000
        return Moment(milliseconds: clock)
    }
}
