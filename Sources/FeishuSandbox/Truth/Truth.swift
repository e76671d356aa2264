/// In whose name the platform is read.
package enum SandboxIdentity: String, CaseIterable, Sendable {
    case tenant
    case user
}

extension World {
    /// Every attachment that the app can read, or the user, in a stable order.
    ///
    /// What a forbidden mailbox, tasklist or task holds is not in it, nor a task in no tasklist
    /// that is not the user's own either.
    func truth(
        as identity: SandboxIdentity = .tenant,
        _ digest: (Content) -> String
    ) -> [TruthLine] {
        let readable = mailboxes.values.filter { mailbox in
            let reaches = identity == .tenant || user?.reaches(mailbox.address) == true
            return !mailbox.isForbidden && reaches
        }
        let mail = readable.sorted { $0.address < $1.address }.flatMap { $0.truth(digest) }
        return mail + tasks.truth(of: identity == .user ? user : nil, digest)
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
    fileprivate func truth(
        of user: World.User?,
        _ digest: (World.Content) -> String
    ) -> [TruthLine] {
        tasks.flatMap { task -> [TruthLine] in
            let sources = sources(of: task.guid, for: user)
            guard !task.isForbidden, !sources.isEmpty else { return [] }
            return task.attachments.map { attachment in
                TruthLine(
                    place: .task(place(of: attachment, on: task)),
                    name: attachment.name,
                    size: attachment.content.count,
                    sha256: digest(attachment.content),
                    sources: sources
                )
            }
        }
    }

    /// Assigned tasks are reached with their subtasks, as those of a tasklist are.
    private func sources(of guid: String, for user: World.User?) -> [String] {
        let forbidden = Set(tasklists.filter(\.isForbidden).map(\.guid))
        let lists = tasklists(reaching: guid).filter { !forbidden.contains($0) }
        let isMine = user.map { user in family(of: guid).contains(where: user.has(task:)) } ?? false
        return lists.map { "tasklist:" + $0 } + (isMine ? ["my-tasks"] : [])
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
