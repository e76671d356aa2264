/// Lists what hangs in mailboxes.
///
/// - May be called concurrently for different mailboxes.
/// - Retries by itself what can be retried at once; what is thrown is final for this run.
/// - Guards against endless paging: a walk that cannot end throws `incomplete`.
package protocol MailSource: Sendable {
    /// Visits every page of message ids of the chosen folders, in order, awaiting each visit.
    ///
    /// Returns what was walked only when the end of the last folder was reached. Throws
    /// ``SourceError`` or what `visit` throws.
    func walk(
        _ mailbox: Mailbox.ID,
        _ choice: FolderChoice,
        visit: (MailPage) async throws -> Void
    ) async throws -> MailCoverage

    /// Reads up to 20 messages: one answer for each id, none left out.
    ///
    /// Asks in one call, in halves when that fails, singly as the last resort. Throws only when
    /// the mailbox as a whole cannot be read. Bodies that come inside the answer go to `scratches`;
    /// nil when nobody wants them.
    func read(
        _ ids: [Message.ID],
        in mailbox: Mailbox.ID,
        into scratches: (any ScratchStore)?
    ) async throws(SourceError) -> MailAnswers
}

/// Which folders of a mailbox are walked.
package enum FolderChoice: Hashable, Sendable {
    case all
    /// Ids, or names of folders that people made.
    case only([String])

    package func admits(_ folder: Folder) -> Bool {
        switch self {
        case .all: true
        case .only(let names): names.contains(folder.id.rawValue) || names.contains(folder.name)
        }
    }
}

/// What a walk of a mailbox covered, and what it left out because it was not chosen.
package struct MailCoverage: Hashable, Sendable {
    package let walked: [Folder]
    package let leftOut: [Folder]

    package init(walked: [Folder], leftOut: [Folder] = []) {
        self.walked = walked
        self.leftOut = leftOut
    }
}

/// Some message ids of one folder.
package struct MailPage: Sendable {
    package let folder: Folder
    package let ids: [Message.ID]
    /// Items of the page that are no ids: the walk goes on and is not complete.
    package let unreadable: Int

    package init(folder: Folder, ids: [Message.ID], unreadable: Int = 0) {
        self.folder = folder
        self.ids = ids
        self.unreadable = unreadable
    }
}

package struct MailAnswers: Sendable {
    package enum Answer: Sendable {
        case message(Message)
        /// Listed a moment ago and not there any more.
        case gone
        case failed(FailureReason, detail: String)
    }

    package let answers: [Message.ID: Answer]
    /// Whether the platform showed bodies or attachments in this answer.
    ///
    /// Without the body scope it leaves both out silently: an answer that does not prove says
    /// nothing about attachments.
    package let proves: Bool
    /// Files that came inside the answer, complete and checked; those missing here have links.
    package let bodies: [AttachmentKey: Received]

    package init(
        answers: [Message.ID: Answer],
        proves: Bool,
        bodies: [AttachmentKey: Received] = [:]
    ) {
        self.answers = answers
        self.proves = proves
        self.bodies = bodies
    }
}

/// Lists what hangs on tasks.
///
/// Concurrency, retries and guards as for ``MailSource``.
package protocol TaskSource: Sendable {
    /// Visits every task of the root, its subtasks at any depth, each with its attachments.
    ///
    /// A task that can be reached twice is visited once. Returns when the end was reached.
    func walk(
        _ root: TaskRoot,
        visit: (TaskPage) async throws -> Void
    ) async throws

    /// Whether an attachment that is listed no more is still there; false only when the platform
    /// says that it is not.
    func isThere(_ attachment: Attachment.ID) async throws(SourceError) -> Bool
}

package enum TaskRoot: Hashable, Sendable {
    case tasklist(Tasklist.ID)
    case task(TaskItem.ID)
    /// What is assigned to the person who logged in.
    case myTasks
}

/// One task with all its attachments.
package struct TaskPage: Sendable {
    package let task: TaskItem
    package let attachments: [Attachment]
    /// What could not be read of it; the walk goes on and is not complete.
    package let unreadable: [SourceError]

    package init(task: TaskItem, attachments: [Attachment], unreadable: [SourceError] = []) {
        self.task = task
        self.attachments = attachments
        self.unreadable = unreadable
    }
}

/// Why a source could not be walked to its end.
package struct SourceError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// App id, secret or token refused: nothing can be done without a human.
        case credentials
        /// This source may not be read by this identity.
        case forbidden
        /// The source is not there.
        case gone
        /// No HTTP answer.
        case unreachable
        /// 5xx or throttling to the end.
        case temporary
        /// The monthly quota is used up.
        case quota
        /// The run was stopped, by a signal or a limit.
        case stopped
        /// The walk did not reach its end: an answer that makes no sense, an endless list.
        case incomplete
    }

    package let kind: Kind
    /// What happened, with the platform's words; no secrets, no links.
    package let detail: String
    package let hint: String?

    package init(_ kind: Kind, _ detail: String, hint: String? = nil) {
        self.kind = kind
        self.detail = detail
        self.hint = hint
    }
}
