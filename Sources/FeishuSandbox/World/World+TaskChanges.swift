extension World {
    mutating func applyToTasks(_ change: WorldChange) throws(WorldChange.NotThere) {
        switch change {
        case .deleteTask(let guid):
            attic[guid] = .addTask(try task(guid), tasklists: tasks.tasklists(showing: guid))
            tasks.remove(guid)
        case .forbidTask(let guid, let isForbidden):
            var task = try task(guid)
            task.isForbidden = isForbidden
            tasks.add(task)
        case .forbidTasklist(let guid, let isForbidden):
            guard tasks.forbid(tasklist: guid, isForbidden) else { throw .init(id: guid) }
        case .deleteTasklist(let guid):
            guard tasks.tasklist(guid) != nil else { throw .init(id: guid) }
            tasks.removeTasklist(guid)
        default: try applyToTaskFiles(change)
        }
    }

    private mutating func applyToTaskFiles(_ change: WorldChange) throws(WorldChange.NotThere) {
        switch change {
        case .addTaskAttachment(let attachment, let guid):
            _ = try task(guid)
            tasks.attach(attachment, to: guid)
        case .deleteTaskAttachment(let guid):
            guard let (task, gone) = tasks.attachment(guid) else { throw .init(id: guid) }
            attic[guid] = .addTaskAttachment(gone, task: task.guid)
            tasks.detach(guid)
        case .replaceTaskAttachment(let attachment):
            guard tasks.attachment(attachment.guid) != nil else {
                throw .init(id: attachment.guid)
            }
            tasks.replace(attachment)
        default: break
        }
    }

    private func task(_ guid: String) throws(WorldChange.NotThere) -> World.TaskItem {
        guard let task = tasks[guid] else { throw .init(id: guid) }
        return task
    }
}
