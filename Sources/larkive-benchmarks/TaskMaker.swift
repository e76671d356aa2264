import LarkiveCore

/// Makes tasks with what was uploaded to them.
struct TaskMaker {
    let people: [Person]
    let contents: Contents

    typealias MadeTask = (
        item: TaskItem, attachments: [LarkiveCore.Attachment], contents: [Contents.Content?]
    )

    func task(_ summary: String, at date: Timestamp, with draw: inout Draw) throws -> MadeTask {
        let files = (0..<1 + draw.skewed(below: 8)).map { _ in
            (NameMaker.file(with: &draw), draw.once(in: 2_000) ? nil : contents.one(with: &draw))
        }
        return try make(summary, files, at: date, with: &draw)
    }

    func make(
        _ summary: String,
        _ files: [(name: String, content: Contents.Content?)],
        at date: Timestamp,
        with draw: inout Draw
    ) throws -> MadeTask {
        let item = TaskItem(id: try made(draw.guid()), parent: nil, summary: summary)
        let attachments = try files.map { file in
            try attachment(file.name, file.content, of: item, at: date, with: &draw)
        }
        return (item, attachments, files.map(\.content))
    }

    /// What could not be brought is said to be larger than anybody has room for.
    func attachment(
        _ name: String,
        _ content: Contents.Content?,
        of task: TaskItem,
        as guid: Attachment.ID? = nil,
        at date: Timestamp,
        with draw: inout Draw
    ) throws -> LarkiveCore.Attachment {
        let drawn: Attachment.ID = try made(draw.guid())
        return LarkiveCore.Attachment(
            key: .task(task.id, guid ?? drawn),
            name: name,
            size: content?.size ?? 5 << 30,
            fileToken: try made(draw.fileToken()),
            kind: .task(
                TaskUpload(
                    uploader: "ou_" + draw.text(32, of: Draw.hex),
                    uploadedAt: date,
                    evidence: .object(["name": .string(name)])
                )
            )
        )
    }
}
