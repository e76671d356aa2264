/// Which messages of a page have to be read.
///
/// Mail is immutable: an examined message is never asked for again, drafts excepted. The same page
/// and the same memory always give the same plan.
package struct ListingPlan: Equatable, Sendable {
    package let toRead: [Message.ID]
    /// Known messages that lie in another folder than before.
    package let moved: [Message.ID]
    /// Examined messages that were found missing once and are here again.
    package let reappeared: [Message.ID]

    package init(
        page: [Message.ID],
        in folder: Folder.ID,
        known: [Message.ID: KnownMessage],
        at now: Timestamp
    ) {
        toRead = page.filter { id in
            switch known[id]?.state {
            case nil: true
            case .gone(let wasExamined): !wasExamined || Folder.holdsDrafts(folder)
            case .examined(let isDraft):
                isDraft || known[id]?.folder.map(Folder.holdsDrafts) == true
                    || Folder.holdsDrafts(folder)
            case .unread(_, let nextTry): nextTry <= now
            }
        }
        let read = Set(toRead)
        reappeared = page.filter {
            known[$0]?.state == .gone(wasExamined: true) && !read.contains($0)
        }
        moved = page.filter { id in
            guard let folderBefore = known[id]?.folder, !read.contains(id) else { return false }
            return folderBefore != folder
        }
    }
}

/// What is new about a task.
package struct TaskPlan: Equatable, Sendable {
    package enum Step: Equatable, Sendable {
        case new(Attachment)
        /// The same guid with another content: a new version.
        case changed(Attachment, number: Int64, version: Int64)
        /// Known, and listed by this source for the first time, or again.
        case sighted(number: Int64)
    }

    package let steps: [Step]
    /// Known attachments that were found missing once and are here again.
    package let reappeared: [Int64]
    /// Whether the task itself is new or has another summary or parent.
    package let isTaskNew: Bool

    package init(page: TaskPage, known: KnownTask?) {
        isTaskNew = known?.item != page.task
        steps = page.attachments.compactMap { attachment in
            guard let upload = known?.attachments[attachment.key.attachment] else {
                return .new(attachment)
            }
            guard upload.fileToken == attachment.fileToken, upload.size == attachment.size else {
                return .changed(attachment, number: upload.number, version: upload.version + 1)
            }
            return upload.isSighted ? nil : .sighted(number: upload.number)
        }
        reappeared = page.attachments.compactMap { attachment in
            let upload = known?.attachments[attachment.key.attachment]
            return upload?.isVanished == true ? upload?.number : nil
        }
    }
}

extension AttachmentKey {
    package var attachment: Attachment.ID {
        switch self {
        case .mail(_, _, let id), .task(_, let id): id
        }
    }
}

/// When an item of the ledger is tried again.
package enum LedgerSchedule {
    /// In every run until it has failed in three, then after 1, 2, 4 … at most 24 hours.
    package static func nextTry(afterFailures attempts: Int64, at now: Timestamp) -> Timestamp {
        guard attempts >= 3 else { return now }
        let hours = min(24, Int64(1) << min(attempts - 3, 10))
        return now.advanced(bySeconds: hours * 3_600)
    }
}
