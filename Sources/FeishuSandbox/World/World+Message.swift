extension World {
    /// One mail message.
    package struct Message: Sendable {
        package enum State: Int64, Sendable {
            case received = 1
            case sent = 2
            case draft = 3
        }

        package var id: String
        package var folder: String
        package var subject: String
        package var from: Person
        package var to: [Person]
        package var cc: [Person] = []
        package var date: Moment
        package var state: State
        package var text: String
        package var labels: [String] = []
        package var isUnread = false
        package var attachments: [MailAttachment]
        package var distortion = Distortion()

        package init(
            id: String,
            folder: String = "INBOX",
            subject: String,
            from: Person,
            to: [Person] = [],
            date: Moment,
            state: State = .received,
            text: String = "",
            attachments: [MailAttachment] = []
        ) {
            self.id = id
            self.folder = folder
            self.subject = subject
            self.from = from
            self.to = to
            self.date = date
            self.state = state
            self.text = text
            self.attachments = attachments
        }
    }

    /// A file on a message, as mail knows it: without size and digest.
    package struct MailAttachment: Sendable {
        package enum Kind: Int64, Sendable {
            case ordinary = 1
            case oversized = 2
        }

        package var id: String
        package var name: String
        package var content: Content
        package var kind: Kind
        package var isInline: Bool
        /// Whether `download_url` hands out a link; otherwise the id is in `failed_ids`.
        package var isDownloadable = true
        /// What is wrong with its bytes where `batch_get` carries them.
        package var inlineFlaw: InlineFlaw?
        package var distortion = Distortion()

        package init(
            id: String,
            name: String,
            content: Content,
            kind: Kind = .ordinary,
            isInline: Bool = false
        ) {
            self.id = id
            self.name = name
            self.content = content
            self.kind = kind
            self.isInline = isInline
        }

        /// The content id that an inline image's `<img>` points at.
        package var contentID: String { isInline ? "\(StableHash.hex(id))@xinghe.example" : "" }
    }
}
