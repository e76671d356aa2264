import LarkiveCore

/// A message with the contents that hang on it.
struct MadeMessage {
    let message: Message
    let folder: Folder.ID
    let contents: [Contents.Content?]

    var examined: ExaminedMessage { ExaminedMessage(message: message, folder: folder) }
}

/// Makes the messages of one mailbox, the newest first, as a first walk would find them.
struct MailMaker {
    private static let folders = [
        "INBOX", "INBOX", "INBOX", "SENT", "ARCHIVED", "7512345678901234567",
    ]

    let mailbox: Mailbox.ID
    let people: [Person]
    let contents: Contents

    func message(at date: Timestamp, with draw: inout Draw) throws -> MadeMessage {
        let count = draw.once(in: 3) ? 0 : 1 + draw.skewed(below: 6)
        let isDraft = draw.once(in: 300)
        let folder = isDraft ? "DRAFT" : draw.one(of: Self.folders)
        return try make(
            (0..<count).map { _ in file(with: &draw) },
            subject: NameMaker.subject(with: &draw),
            in: folder,
            at: date,
            with: &draw
        )
    }

    /// A file name and its content.
    typealias File = (name: String, content: Contents.Content?)

    private func file(with draw: inout Draw) -> File {
        if draw.once(in: 40) { return ("image001.png", contents.logo) }
        let content = draw.once(in: 5_000) ? nil : contents.one(with: &draw)
        return (NameMaker.file(with: &draw), content)
    }

    func make(
        _ files: [File],
        subject: String,
        in folder: String,
        at date: Timestamp,
        from sender: Person? = nil,
        with draw: inout Draw
    ) throws -> MadeMessage {
        let id: Message.ID = try made(draw.messageID())
        let person = sender ?? people[draw.skewed(below: people.count)]
        let attachments = try files.map { file in
            LarkiveCore.Attachment(
                key: .mail(mailbox, id, try made(draw.text(12, of: Draw.letters))),
                name: file.name,
                kind: .mail(
                    MailPart(type: 1, isInline: file.name == "image001.png", contentID: nil)
                )
            )
        }
        let message = Message(
            id: id,
            subject: subject,
            senderAddress: person.address,
            senderName: person.name,
            date: date,
            isDraft: folder == "DRAFT",
            attachments: attachments,
            evidence: evidence(id, subject, person, attachments)
        )
        return MadeMessage(
            message: message,
            folder: try made(folder),
            contents: files.map(\.content)
        )
    }

    private func evidence(
        _ id: Message.ID,
        _ subject: String,
        _ person: Person,
        _ attachments: [LarkiveCore.Attachment]
    ) -> JSON {
        .object([
            "message_id": .string(id.rawValue), "subject": .string(subject),
            "head_from": .object([
                "mail_address": .string(person.address), "name": .string(person.name),
            ]),
            "to": .array([.object(["mail_address": .string(mailbox.rawValue)])]),
            "attachments": .array(
                attachments.map { item in
                    .object([
                        "id": .string(item.key.attachment.rawValue), "filename": .string(item.name),
                    ])
                }
            ),
        ])
    }
}

/// What was made up is valid, or the program is wrong.
struct MadeUpWrongly: Error {
    let text: String
}

func made<Subject>(_ text: String) throws -> Identifier<Subject> {
    guard let id = Identifier<Subject>(text) else { throw MadeUpWrongly(text: text) }
    return id
}
