extension World {
    /// Every attachment that the app can read, in a stable order.
    ///
    /// What a forbidden mailbox, tasklist or task holds is not in it, nor a task in no tasklist.
    func truth(_ digest: (Content) -> String) -> [TruthLine] {
        let readable = mailboxes.values.filter { !$0.isForbidden }
        let mail = readable.sorted { $0.address < $1.address }.flatMap { $0.truth(digest) }
        return mail + tasks.truth(digest)
    }
}

extension World.Mailbox {
    fileprivate func truth(_ digest: (World.Content) -> String) -> [TruthLine] {
        messages.flatMap { message in
            message.attachments.map { attachment in
                TruthLine(
                    place: .mail(place(of: attachment, on: message)),
                    name: attachment.name,
                    size: attachment.content.count,
                    sha256: digest(attachment.content),
                    sources: ["mail:" + address]
                )
            }
        }
    }

    private func place(
        of attachment: World.MailAttachment,
        on message: World.Message
    ) -> TruthLine.MailPlace {
        TruthLine.MailPlace(
            mailbox: address,
            messageID: message.id,
            attachmentID: attachment.id,
            folder: message.folder,
            subject: message.subject,
            kind: attachment.kind,
            isInline: attachment.isInline,
            state: message.state,
            isDownloadable: attachment.isDownloadable
        )
    }
}

extension World.TaskBoard {
    fileprivate func truth(_ digest: (World.Content) -> String) -> [TruthLine] {
        let forbidden = Set(tasklists.filter(\.isForbidden).map(\.guid))
        return tasks.flatMap { task -> [TruthLine] in
            let lists = tasklists(reaching: task.guid).filter { !forbidden.contains($0) }
            guard !task.isForbidden, !lists.isEmpty else { return [] }
            return task.attachments.map { attachment in
                TruthLine(
                    place: .task(place(of: attachment, on: task)),
                    name: attachment.name,
                    size: attachment.content.count,
                    sha256: digest(attachment.content),
                    sources: lists.map { "tasklist:" + $0 }
                )
            }
        }
    }

    private func place(
        of attachment: World.TaskAttachment,
        on task: World.TaskItem
    ) -> TruthLine.TaskPlace {
        TruthLine.TaskPlace(
            taskGUID: task.guid,
            guid: attachment.guid,
            fileToken: attachment.fileToken,
            summary: task.summary,
            parent: task.parent
        )
    }
}
