/// A message that was read, with the numbers of those attachments that are known already.
package struct ExaminedMessage: Sendable {
    package let message: Message
    package let folder: Folder.ID
    package let known: [Attachment.ID: Int64]

    package init(message: Message, folder: Folder.ID, known: [Attachment.ID: Int64] = [:]) {
        self.message = message
        self.folder = folder
        self.known = known
    }

    package var newAttachments: [Attachment] {
        message.attachments.filter { known[$0.key.attachment] == nil }
    }
}

extension AuditEvent {
    /// `messages.examined`: each message, each attachment; new ones are numbered from `first`.
    package static func examined(
        _ messages: [ExaminedMessage],
        source: Int64,
        first: Int64
    ) -> AuditEvent {
        let fresh = messages.map(\.newAttachments.count).reduce(0, +)
        return AuditEvent(
            .messagesExamined,
            [
                "source": .integer(source), "messages": JSON(messages.count),
                "attachments": JSON(fresh), "first": .integer(first),
            ],
            hidden: ["messages": .array(messages.map(\.json))]
        )
    }

    /// `tasks.listed`: what is new of some tasks; new attachments are numbered from `first`.
    package static func listed(
        _ tasks: [(item: TaskItem, steps: [TaskPlan.Step])],
        source: Int64,
        first: Int64
    ) -> AuditEvent {
        let fresh = tasks.flatMap(\.steps).filter(\.isNew).count
        return AuditEvent(
            .tasksListed,
            ["source": .integer(source), "attachments": JSON(fresh), "first": .integer(first)],
            hidden: [
                "tasks": .array(
                    tasks.map { task in
                        .object([
                            "guid": .string(task.item.id.rawValue),
                            "parent": task.item.parent.map { .string($0.rawValue) },
                            "summary": .string(task.item.summary),
                            "attachments": .array(task.steps.map(\.json)),
                        ])
                    }
                )
            ]
        )
    }
}

extension ExaminedMessage {
    fileprivate var json: JSON {
        var object: JSONObject = [
            "id": .string(message.id.rawValue), "folder": .string(folder.rawValue),
        ]
        if message.isDraft { object.append("draft", true) }
        // Of messages without attachments only id and folder are kept.
        guard !message.attachments.isEmpty else { return .object(object) }
        if let date = message.date { object.append("date", .integer(date.milliseconds)) }
        if let address = message.senderAddress { object.append("from", .string(address)) }
        if let name = message.senderName { object.append("from_name", .string(name)) }
        if let subject = message.subject { object.append("subject", .string(subject)) }
        object.append("evidence", message.evidence)
        object.append("attachments", .array(message.attachments.map(json)))
        return .object(object)
    }

    private func json(of attachment: Attachment) -> JSON {
        if let number = known[attachment.key.attachment] {
            return .object(["number": .integer(number)])
        }
        guard case .mail(let part) = attachment.kind else { return .null }
        return .object([
            "id": .string(attachment.key.attachment.rawValue), "name": .string(attachment.name),
            "type": .integer(part.type), "inline": .bool(part.isInline),
            "cid": part.contentID.map(JSON.string),
        ])
    }
}

extension TaskPlan.Step {
    package var isNew: Bool {
        if case .new = self { true } else { false }
    }

    fileprivate var json: JSON {
        switch self {
        case .new(let attachment): .object(Self.members(of: attachment))
        case .changed(let attachment, let number, let version):
            .object(
                JSONObject(
                    Self.members(of: attachment).members + [
                        JSONObject.Member(name: "number", value: .integer(number)),
                        JSONObject.Member(name: "version", value: .integer(version)),
                    ]
                )
            )
        case .sighted(let number): .object(["number": .integer(number)])
        }
    }

    private static func members(of attachment: Attachment) -> JSONObject {
        var object: JSONObject = [
            "guid": .string(attachment.key.attachment.rawValue), "name": .string(attachment.name),
            "size": attachment.size.map(JSON.integer),
            "file_token": attachment.fileToken.map { .string($0.rawValue) },
        ]
        guard case .task(let upload) = attachment.kind else { return object }
        if let uploader = upload.uploader { object.append("uploader", .string(uploader)) }
        if let time = upload.uploadedAt { object.append("time", .integer(time.milliseconds)) }
        object.append("evidence", upload.evidence)
        return object
    }
}
