extension WorldFile {
    static func taskChange(
        _ name: String,
        _ value: StrictNode,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> WorldChange {
        switch name {
        case "delete_task": return .deleteTask(try value.text())
        case "delete_tasklist": return .deleteTasklist(try value.text())
        case "delete_task_attachment": return .deleteTaskAttachment(try value.text())
        case "replace_task_attachment":
            return .replaceTaskAttachment(try taskAttachment(value, &counter))
        case "add_task_attachment":
            let fields = try value.fields(["task", "attachment"])
            let attachment = try taskAttachment(fields.needed("attachment"), &counter)
            return .addTaskAttachment(attachment, task: try fields.needed("task").text())
        case "add_task": return try newTask(value, &counter)
        default:
            let (guid, isForbidden) = try forbidden(value, "guid")
            return name == "forbid_task"
                ? .forbidTask(guid, isForbidden) : .forbidTasklist(guid, isForbidden)
        }
    }

    /// One task, as in a world file; its subtasks are changes of their own, with `parent`.
    private static func newTask(
        _ node: StrictNode,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> WorldChange {
        let fields = try node.fields(taskKeys.subtracting(["subtasks"]).union(["parent"]))
        let task = try task(fields, under: try fields.text("parent"), &counter)
        return .addTask(task, tasklists: try fields.texts("tasklists"))
    }
}
