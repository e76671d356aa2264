/// Remembers what the audit log says.
package protocol Manifest: Sendable {
    /// Folds records into the rows, in one transaction; durable on return.
    ///
    /// Records that are in already are passed over; a gap is an error.
    func apply(_ records: [AuditRecord]) throws(ManifestError)

    /// Folds events as if they were recorded next, and takes it back: throws when they cannot be
    /// folded. A record that cannot be folded would make the log useless for ever.
    func rehearse(_ events: [AuditEvent]) throws(ManifestError)

    /// Numbers given so far.
    func numbers() throws(ManifestError) -> Numbers
}

/// The numbers of sources and attachments, given in order of first appearance.
package struct Numbers: Sendable {
    package var sources: [SourceName: Int64]
    package var lastSource: Int64
    package var lastAttachment: Int64

    package init(sources: [SourceName: Int64], lastSource: Int64, lastAttachment: Int64) {
        self.sources = sources
        self.lastSource = lastSource
        self.lastAttachment = lastAttachment
    }
}

package struct ManifestError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case noSpace, notWritable, damaged, newerFormat, other
    }

    package let kind: Kind
    package let detail: String

    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}

/// Answers what is known about things that a source lists.
package protocol KnownItems: Sendable {
    /// Those of the messages that are known; the others are left out.
    func messages(
        _ ids: [Message.ID],
        in source: Int64
    ) throws(ManifestError)
        -> [Message.ID: KnownMessage]

    /// The attachments of a message that were listed when it was last examined.
    func attachments(
        of message: Message.ID,
        in source: Int64
    ) throws(ManifestError)
        -> [Attachment.ID: Int64]

    /// What is known of a task; nil when it was never listed.
    func task(_ id: TaskItem.ID, from source: Int64) throws(ManifestError) -> KnownTask?

    /// An attachment that holds the content of a file token.
    func holder(of token: FileToken, size: Int64) throws(ManifestError) -> Holder?
}

package struct KnownMessage: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// Never asked again, drafts excepted.
        case examined(isDraft: Bool)
        case unread(attempts: Int64, nextTry: Timestamp)
        case gone
    }

    package let state: State
    package let folder: Folder.ID?

    package init(state: State, folder: Folder.ID?) {
        self.state = state
        self.folder = folder
    }
}

package struct KnownTask: Hashable, Sendable {
    package let item: TaskItem
    package let attachments: [Attachment.ID: KnownUpload]

    package init(item: TaskItem, attachments: [Attachment.ID: KnownUpload]) {
        self.item = item
        self.attachments = attachments
    }
}

/// The newest version of a known task attachment.
package struct KnownUpload: Hashable, Sendable {
    package let number: Int64
    package let version: Int64
    package let fileToken: FileToken?
    package let size: Int64?
    /// Whether the source that asks has listed it before.
    package let isSighted: Bool

    package init(
        number: Int64,
        version: Int64,
        fileToken: FileToken?,
        size: Int64?,
        isSighted: Bool
    ) {
        self.number = number
        self.version = version
        self.fileToken = fileToken
        self.size = size
        self.isSighted = isSighted
    }
}

package struct Holder: Hashable, Sendable {
    package let number: Int64
    package let digest: ContentDigest
    package let size: Int64

    package init(number: Int64, digest: ContentDigest, size: Int64) {
        self.number = number
        self.digest = digest
        self.size = size
    }
}

/// Lists what is wanted and not held.
package protocol WorkList: Sendable {
    /// Attachments with numbers above `number` that the sources list and that are wanted, or
    /// failed and due at `now`; in order of number.
    func open(
        after number: Int64,
        limit: Int,
        in sources: [Int64],
        at now: Timestamp
    )
        throws(ManifestError) -> [WorkItem]

    /// One of them, if it is still open.
    func open(_ number: Int64) throws(ManifestError) -> WorkItem?
}

/// One attachment to bring.
package struct WorkItem: Hashable, Sendable {
    package let number: Int64
    package let version: Int64
    package let attachment: Attachment
    /// Runs in which it failed.
    package let attempts: Int64

    package init(number: Int64, version: Int64, attachment: Attachment, attempts: Int64) {
        self.number = number
        self.version = version
        self.attachment = attachment
        self.attempts = attempts
    }
}

/// Counts both sides of the closing equation.
///
/// What a walk has seen is kept until the run ends and never becomes part of the manifest.
package protocol WalkTally: Sendable {
    /// Returns those that this walk had not seen before, in another folder or on another page.
    func mark(_ messages: [Message.ID], in source: Int64) throws(ManifestError) -> [Message.ID]
    func mark(_ attachments: [AttachmentKey], in source: Int64) throws(ManifestError)
    /// The counts of one source, or of all of them with every attachment counted once.
    func tally(of source: Int64?, run: RunID) throws(ManifestError) -> Tally
}

/// What one walk listed, by what became of it.
package struct Tally: Hashable, Sendable {
    /// The listing side: counted from what the walk saw.
    package var listed: Int64 = 0
    package var known: Int64 = 0
    package var downloaded: Int64 = 0
    package var adopted: Int64 = 0
    package var failed: Int64 = 0
    package var skipped: [String: Int64] = [:]
    package var pending: Int64 = 0
    package var messages = MessageTally()

    package init() {}

    package var archived: Int64 { downloaded + adopted }
    package var skippedInAll: Int64 { skipped.values.reduce(0, +) }

    /// Whether `listed = known + archived + failed + skipped + pending`, and the like for messages.
    package var closes: Bool {
        listed == known + archived + failed + skippedInAll + pending
            && messages.listed == messages.examined + messages.gone + messages.unread
    }
}

package struct MessageTally: Hashable, Sendable {
    package var listed: Int64 = 0
    package var examined: Int64 = 0
    package var gone: Int64 = 0
    package var unread: Int64 = 0

    package init() {}
}
