extension WorldFile {
    static func tasklist(
        _ node: StrictNode,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> World.Tasklist {
        let fields = try node.fields(["guid", "name", "forbidden"])
        let guid = try fields.needed("guid").text()
        var tasklist = World.Tasklist(
            guid: guid,
            name: try fields.text("name") ?? guid,
            owner: owner,
            created: counter.nextMoment()
        )
        tasklist.isForbidden = try fields.flag("forbidden")
        return tasklist
    }

    static let taskKeys: Set = [
        "guid", "summary", "tasklists", "completed", "created", "forbidden", "attachments",
        "subtasks", "wire", "omit",
    ]

    /// A task with its subtasks, written inside it.
    static func addTask(
        _ node: StrictNode,
        under parent: String? = nil,
        to board: inout World.TaskBoard,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) {
        let fields = try node.fields(taskKeys)
        let task = try task(fields, under: parent, &counter)
        let tasklists = try fields.texts("tasklists")
        for guid in tasklists where board.tasklist(guid) == nil {
            throw node.error("unknown tasklist '\(guid)'")
        }
        board.add(task, to: tasklists)
        for item in try fields.items("subtasks") {
            try addTask(item, under: task.guid, to: &board, &counter)
        }
    }

    private static let owner = World.Person(name: "王芳", address: "wang.fang@xinghe.example")

    static func task(
        _ fields: StrictFields,
        under parent: String?,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> World.TaskItem {
        let guid = try fields.needed("guid").text()
        var task = World.TaskItem(
            guid: guid,
            summary: try fields.text("summary") ?? guid,
            creator: owner,
            created: try moment(fields["created"], &counter),
            parent: parent
        )
        task.isCompleted = try fields.flag("completed")
        task.isForbidden = try fields.flag("forbidden")
        task.distortion = try distortion(fields)
        for item in try fields.items("attachments") {
            task.attachments.append(try taskAttachment(item, &counter))
        }
        return task
    }

    static func taskAttachment(
        _ node: StrictNode,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> World.TaskAttachment {
        let fields = try node.fields([
            "guid", "file_token", "name", "text", "size", "content", "uploaded", "wire", "omit",
        ])
        let name = try fields.needed("name").text()
        var attachment = World.TaskAttachment(
            guid: try fields.needed("guid").text(),
            fileToken: try fields.text("file_token") ?? counter.nextID("token"),
            name: name,
            content: try content(fields, name: name, &counter),
            uploaded: try moment(fields["uploaded"], &counter)
        )
        attachment.distortion = try distortion(fields)
        return attachment
    }
}
