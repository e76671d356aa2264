extension World {
    /// Tasklists, tasks and subtasks, and who hangs on whom.
    package struct TaskBoard: Sendable {
        package private(set) var tasklists: [Tasklist] = []
        private var byGUID: [String: TaskItem] = [:]
        private var order: [String] = []
        private var children: [String: [String]] = [:]
        private var owners: [String: String] = [:]
        private var homes: [String: Set<String>] = [:]

        package init() {}
    }
}

extension World.TaskBoard {
    package var count: Int { order.count }
    package var tasks: [World.TaskItem] { order.compactMap { byGUID[$0] } }

    package subscript(_ guid: String) -> World.TaskItem? { byGUID[guid] }

    package func tasklist(_ guid: String) -> World.Tasklist? { tasklists.first { $0.guid == guid } }

    package func subtasks(of guid: String) -> [String] { children[guid] ?? [] }

    /// Finds an attachment and the task that it hangs on.
    package func attachment(
        _ guid: String
    ) -> (task: World.TaskItem, attachment: World.TaskAttachment)? {
        guard let owner = owners[guid], let task = byGUID[owner],
            let attachment = task.attachments.first(where: { $0.guid == guid })
        else { return nil }
        return (task, attachment)
    }

    /// The tasklists through which a task is reached: its own, and those of its ancestors.
    package func tasklists(reaching guid: String) -> [String] {
        let guids = family(of: guid).reduce(into: Set<String>()) { $0.formUnion(homes[$1] ?? []) }
        return tasklists.map(\.guid).filter(guids.contains)
    }

    /// A task and its ancestors; a circle is walked once.
    func family(of guid: String) -> [String] {
        var family: [String] = []
        var next: String? = guid
        while let guid = next, !family.contains(guid) {
            family.append(guid)
            next = byGUID[guid]?.parent
        }
        return family
    }

    /// The tasklists that show the task itself.
    package func tasklists(showing guid: String) -> [String] {
        tasklists.map(\.guid).filter { homes[guid]?.contains($0) == true }
    }
}

extension World.TaskBoard {
    /// Adds a tasklist; the tasks that it shows may be added before or after.
    package mutating func add(_ tasklist: World.Tasklist) {
        tasklists.append(tasklist)
        for task in tasklist.tasks { homes[task, default: []].insert(tasklist.guid) }
    }

    /// Adds a task, or puts it in place of the one with its guid.
    package mutating func add(_ task: World.TaskItem, to tasklistGUIDs: [String] = []) {
        remove(task.guid, keepingPlace: true)
        if byGUID.updateValue(task, forKey: task.guid) == nil { order.append(task.guid) }
        if let parent = task.parent, children[parent]?.contains(task.guid) != true {
            children[parent, default: []].append(task.guid)
        }
        for attachment in task.attachments { owners[attachment.guid] = task.guid }
        for guid in tasklistGUIDs { list(task.guid, in: guid) }
    }

    /// False when there is no such tasklist.
    mutating func forbid(tasklist guid: String, _ isForbidden: Bool) -> Bool {
        guard let index = tasklists.firstIndex(where: { $0.guid == guid }) else { return false }
        tasklists[index].isForbidden = isForbidden
        return true
    }

    /// Shows a task in one more tasklist.
    package mutating func list(_ task: String, in tasklist: String) {
        guard let index = tasklists.firstIndex(where: { $0.guid == tasklist }) else { return }
        guard homes[task, default: []].insert(tasklist).inserted else { return }
        tasklists[index].tasks.append(task)
    }

    /// Takes a task out of a tasklist; the task itself stays.
    package mutating func unlist(_ task: String, from tasklist: String) {
        guard let index = tasklists.firstIndex(where: { $0.guid == tasklist }) else { return }
        tasklists[index].tasks.removeAll { $0 == task }
        homes[task]?.remove(tasklist)
    }

    package mutating func remove(_ guid: String) { remove(guid, keepingPlace: false) }

    package mutating func removeTasklist(_ guid: String) {
        for task in tasklist(guid)?.tasks ?? [] { homes[task]?.remove(guid) }
        tasklists.removeAll { $0.guid == guid }
    }

    package mutating func attach(_ attachment: World.TaskAttachment, to guid: String) {
        guard byGUID[guid] != nil else { return }
        byGUID[guid]?.attachments.append(attachment)
        owners[attachment.guid] = guid
    }

    package mutating func detach(_ guid: String) {
        guard let owner = owners.removeValue(forKey: guid) else { return }
        byGUID[owner]?.attachments.removeAll { $0.guid == guid }
    }

    /// Puts other bytes behind a known attachment, as when a file is uploaded anew.
    package mutating func replace(_ attachment: World.TaskAttachment) {
        guard let owner = owners[attachment.guid],
            let index = byGUID[owner]?.attachments.firstIndex(where: { $0.guid == attachment.guid })
        else { return }
        byGUID[owner]?.attachments[index] = attachment
    }

    private mutating func remove(_ guid: String, keepingPlace: Bool) {
        guard let old = byGUID[guid] else { return }
        for attachment in old.attachments { owners[attachment.guid] = nil }
        guard !keepingPlace else { return }
        byGUID[guid] = nil
        order.removeAll { $0 == guid }
        if let parent = old.parent { children[parent]?.removeAll { $0 == guid } }
        homes[guid]?.forEach { unlist(guid, from: $0) }
    }
}
