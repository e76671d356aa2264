import LarkiveCore

extension Message {
    /// Reads a message; source: the page on getting a message.
    ///
    /// Fields whose scope the app lacks are absent. Ids that are no ids and attachments that
    /// cannot be told apart fail the message: half of its attachments would look like all.
    init(_ item: JSONObject, in mailbox: Mailbox.ID) throws(BadAnswer) {
        let id: ID = try item.id("message_id")
        let sender = try item.members("head_from")
        let attachments = try Self.attachments(item, of: id, in: mailbox)
        self.init(
            id: id,
            folder: try item.text("folder_id").flatMap(Folder.ID.init),
            subject: try item.text("subject"),
            senderAddress: try sender?.text("mail_address"),
            senderName: try sender?.text("name"),
            date: try item.moment("internal_date"),
            isDraft: try item.integer("message_state") == 3,
            attachments: attachments,
            evidence: Self.evidence(item)
        )
    }

    /// Whether the app may see bodies: without the scope all three are left out silently.
    static func proves(_ item: JSONObject) -> Bool {
        ["body_html", "body_plain_text", "attachments"].contains { item[$0] != nil }
    }

    private static func attachments(
        _ item: JSONObject,
        of id: ID,
        in mailbox: Mailbox.ID
    ) throws(BadAnswer) -> [Attachment] {
        var attachments: [Attachment] = []
        var seen: Set<Attachment.ID> = []
        for part in try item.list("attachments") ?? [] {
            guard let part = part.object else { throw BadAnswer("an attachment is no object") }
            let partID: Attachment.ID = try part.id("id")
            guard seen.insert(partID).inserted else {
                throw BadAnswer("two attachments have the id \(partID)")
            }
            attachments.append(try Attachment(part, key: .mail(mailbox, id, partID)))
        }
        return attachments
    }

    private static let bodies: Set<String> = ["body_html", "body_plain_text", "body_preview"]
    private static let bytesAndLinks: Set<String> = ["body", "url", "download_url"]

    /// The platform's words without bodies and links.
    private static func evidence(_ item: JSONObject) -> JSON {
        var lean = JSONObject()
        for member in item.without(bodies.union(["url", "download_url"])).members {
            let isParts = member.name == "attachments"
            lean.append(member.name, isParts ? withoutBytes(member.value) : member.value)
        }
        return .object(lean)
    }

    private static func withoutBytes(_ parts: JSON) -> JSON {
        guard let parts = parts.array else { return parts }
        return .array(parts.map { $0.object.map { .object($0.without(bytesAndLinks)) } ?? $0 })
    }
}

extension Attachment {
    /// Mail tells neither size nor digest.
    fileprivate init(_ part: JSONObject, key: AttachmentKey) throws(BadAnswer) {
        guard let name = try part.text("filename") else {
            throw BadAnswer("filename is missing")
        }
        let cid = try part.text("cid") ?? ""
        let kind = MailPart(
            type: try part.integer("attachment_type") ?? 1,
            isInline: try part.flag("is_inline") ?? false,
            contentID: cid.isEmpty ? nil : cid
        )
        self.init(key: key, name: name, kind: .mail(kind))
    }
}
