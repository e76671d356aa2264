extension World.Person {
    fileprivate func member(_ role: String) -> WireJSON {
        ["id": .string(openID), "type": "user", "role": .string(role), "name": .string(name)]
    }
}

extension World.Tasklist {
    var json: WireJSON {
        [
            "guid": .string(guid), "name": .string(name), "creator": owner.member("creator"),
            "owner": owner.member("owner"), "members": [owner.member("editor")],
            "url": .string("https://applink.feishu.cn/client/todo/task_list?guid=\(guid)"),
            "created_at": created.json, "updated_at": created.json,
        ]
    }
}

extension World.TaskItem {
    /// The short form of a tasklist's page.
    func summaryJSON(on board: World.TaskBoard) -> WireJSON {
        let json: WireJSON = [
            "guid": .string(guid), "summary": .string(summary), "completed_at": completedAt,
            "members": [creator.member("assignee")],
            "subtask_count": .int(Int64(board.subtasks(of: guid).count)),
        ]
        return distortion.apply(to: json)
    }

    /// The whole task; attachments as everywhere, minus `url`.
    func json(on board: World.TaskBoard) -> WireJSON {
        var json: WireJSON = [
            "guid": .string(guid), "summary": .string(summary), "description": "",
            "creator": creator.member("creator"), "members": [creator.member("assignee")],
            "completed_at": completedAt, "status": isCompleted ? "done" : "todo",
            "created_at": created.json, "updated_at": created.json, "mode": 2, "source": 6,
            "task_id": .string("t\(StableHash.value(guid) % 1_000_000)"), "is_milestone": false,
            "url": .string("https://applink.feishu.cn/client/todo/detail?guid=\(guid)"),
            "subtask_count": .int(Int64(board.subtasks(of: guid).count)),
            "parent_task_guid": .string(parent ?? ""), "tasklists": tasklists(on: board),
        ]
        if !attachments.isEmpty {
            json.append("attachments", .array(attachments.map { $0.json(on: self, url: nil) }))
        }
        return distortion.apply(to: json)
    }

    private var completedAt: WireJSON {
        isCompleted ? created.advanced(by: .seconds(86_400)).json : "0"
    }

    private func tasklists(on board: World.TaskBoard) -> WireJSON {
        let own = board.tasklists(showing: guid)
        return .array(own.map { ["tasklist_guid": .string($0), "section_guid": ""] })
    }
}

extension World.TaskAttachment {
    /// Source: the page on getting an attachment.
    ///
    /// `size` is a number, `uploaded_at` a string.
    func json(on task: World.TaskItem, url: String?) -> WireJSON {
        var json: WireJSON = [
            "guid": .string(guid), "file_token": .string(fileToken), "name": .string(name),
            "size": .int(Int64(content.count)),
            "resource": ["type": "task", "id": .string(task.guid)],
            "uploader": task.creator.member("editor"), "is_cover": false,
            "uploaded_at": uploaded.json,
        ]
        if let url { json.append("url", .string(url)) }
        return distortion.apply(to: json)
    }
}
