extension Platform {
    /// Source: the page on listing attachments: sorted by upload, each with a fresh link.
    mutating func taskAttachments(_ visit: Visit) throws(APIError) -> WireJSON {
        try need(.taskAttachments, visit)
        guard ["task", nil].contains(visit.call.first("resource_type")) else {
            throw .badTaskParameter("resource_type")
        }
        guard let guid = visit.call.first("resource_id"), !guid.isEmpty else {
            throw .badTaskParameter("resource_id is required")
        }
        let task = try readableTask(guid)
        let sorted = task.attachments.sorted { $0.uploaded < $1.uploaded }
        let page = try taskPage(visit, of: sorted)
        return page.json { linked($0, on: task, visit) }
    }

    /// Source: the page on getting an attachment: 3 minutes, 3 downloads, minted on each call.
    mutating func taskAttachment(_ visit: Visit) throws(APIError) -> WireJSON {
        try need(.taskAttachments, visit)
        guard let (task, attachment) = world.tasks.attachment(visit.route["guid"]) else {
            throw .taskMissing
        }
        guard !task.isForbidden else { throw .taskForbidden }
        return ["attachment": linked(attachment, on: task, visit)]
    }

    private mutating func linked(
        _ attachment: World.TaskAttachment,
        on task: World.TaskItem,
        _ visit: Visit
    ) -> WireJSON {
        let subject = CallSubject(guids: [attachment.guid, task.guid])
        let code = links.mint(attachment, subject, visit)
        return attachment.json(on: task, url: url(for: code))
    }
}
