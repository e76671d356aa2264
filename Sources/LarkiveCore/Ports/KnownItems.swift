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

    /// The attachments that were found missing together with their message.
    func vanished(of message: Message.ID, in source: Int64) throws(ManifestError) -> [Int64]

    /// Live attachments of a source that a rule of the config leaves out.
    func skipped(by rule: String, in source: Int64) throws(ManifestError) -> [Int64]

    /// Messages of a source that were examined before, best witnesses first: asked again, they show
    /// whether the platform still lets attachments be seen.
    func witnesses(in source: Int64, limit: Int) throws(ManifestError) -> [Witness]

    /// What is known of a task; nil when it was never listed.
    func task(_ id: TaskItem.ID, from source: Int64) throws(ManifestError) -> KnownTask?

    /// Whether an object was found damaged and has not been healed since.
    func isDamaged(_ digest: ContentDigest) throws(ManifestError) -> Bool

    /// An attachment that holds the content of a file token, and whose object is not damaged.
    func holder(of token: FileToken, size: Int64) throws(ManifestError) -> Holder?
}

package struct KnownMessage: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// Never asked again, drafts excepted.
        case examined(isDraft: Bool)
        case unread(attempts: Int64, nextTry: Timestamp)
        /// Not there any more; its attachments are known when it was examined before.
        case gone(wasExamined: Bool)
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
    /// Whether the source that asks has listed it when it last looked.
    package let isSighted: Bool
    /// Whether it was found missing upstream.
    package let isVanished: Bool

    package init(
        number: Int64,
        version: Int64,
        fileToken: FileToken?,
        size: Int64?,
        isSighted: Bool,
        isVanished: Bool = false
    ) {
        self.number = number
        self.version = version
        self.fileToken = fileToken
        self.size = size
        self.isSighted = isSighted
        self.isVanished = isVanished
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

/// A message that was examined before.
package struct Witness: Hashable, Sendable {
    package let id: Message.ID
    /// Such a one never comes without its attachments, unless they are hidden.
    package let hasAttachments: Bool

    package init(id: Message.ID, hasAttachments: Bool) {
        self.id = id
        self.hasAttachments = hasAttachments
    }
}
