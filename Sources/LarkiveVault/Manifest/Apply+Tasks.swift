internal import LarkiveCore

/// Tasks and what hangs on them.
extension Apply {
    func listTasks() throws {
        let source = try number("source")
        var next = try number("first")
        for task in try require(hidden["tasks"]?.array, "tasks") {
            let guid = try require(task["guid"]?.string, "guid")
            let summary = try require(task["summary"]?.string, "summary")
            try touchAttachments(of: guid, whenOtherThan: summary)
            try run(
                """
                INSERT INTO task VALUES (?, ?, ?)
                ON CONFLICT (guid) DO UPDATE SET parent = excluded.parent,
                    summary = excluded.summary
                """,
                [guid, task["parent"]?.string, summary]
            )
            for item in task["attachments"]?.array ?? [] {
                try addTask(item, of: guid, from: source, next: &next)
            }
        }
    }

    func addTask(
        _ item: JSON,
        of task: String,
        from source: Int64,
        next: inout Int64
    ) throws {
        if let known = item["number"]?.integer {
            try sight(known, from: source)
            guard let version = item["version"]?.integer else { return }
            try addVersion(version, of: known, item)
            return try run(
                "UPDATE attachment SET version = ?, state = 'wanted', rule = NULL WHERE n = ?",
                [version, known]
            )
        }
        let number = next
        next += 1
        let guid = try require(item["guid"]?.string, "attachment guid")
        guard let task = TaskItem.ID(task), let id = Attachment.ID(guid) else {
            throw ApplyError(seq: record.seq, detail: "guids that make no key")
        }
        try run(
            """
            INSERT INTO attachment (n, key, kind, task_guid, id, state, version, uploader,
                uploaded, first_seen)
            VALUES (?, ?, 'task', ?, ?, 'wanted', 1, ?, ?, ?)
            """,
            [
                number, AttachmentKey.task(task, id).description, task.rawValue, guid,
                item["uploader"]?.string, item["time"]?.integer, time,
            ]
        )
        try addVersion(1, of: number, item)
        try sight(number, from: source)
    }
}
