/// One file as a source lists it.
package struct Attachment: Hashable, Sendable {
    package typealias ID = Identifier<Attachment>

    package let key: AttachmentKey
    package let name: String
    /// What the platform declares; mail declares no size.
    package let size: Int64?
    package let fileToken: FileToken?
    package let kind: Kind

    package enum Kind: Hashable, Sendable {
        case mail(MailPart)
        case task(TaskUpload)
    }

    package init(
        key: AttachmentKey,
        name: String,
        size: Int64? = nil,
        fileToken: FileToken? = nil,
        kind: Kind
    ) {
        self.key = key
        self.name = name
        self.size = size
        self.fileToken = fileToken
        self.kind = kind
    }
}

/// What only a mail attachment has.
///
/// Source: mail-v1 message get; `type` 1 is ordinary, 2 is oversized (kept in Drive).
package struct MailPart: Hashable, Sendable {
    package let type: Int64
    package let isInline: Bool
    package let contentID: String?

    package init(type: Int64, isInline: Bool, contentID: String?) {
        self.type = type
        self.isInline = isInline
        self.contentID = contentID
    }
}

/// What only a task attachment has.
package struct TaskUpload: Hashable, Sendable {
    package let uploader: String?
    package let uploadedAt: Timestamp?
    /// The platform's JSON for the item without its link.
    package let evidence: JSON

    package init(uploader: String?, uploadedAt: Timestamp?, evidence: JSON) {
        self.uploader = uploader
        self.uploadedAt = uploadedAt
        self.evidence = evidence
    }
}

/// Feishu Drive's token of a task attachment.
///
/// An alias of content, not an identity: two attachments with one token carry the same bytes.
package enum DriveFile {}
package typealias FileToken = Identifier<DriveFile>
