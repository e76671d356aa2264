extension WorldFile {
    static func mailbox(
        _ node: StrictNode,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> World.Mailbox {
        let fields = try node.fields([
            "address", "forbidden", "public", "name", "folders", "messages",
        ])
        var mailbox = World.Mailbox(address: try fields.needed("address").text())
        mailbox.isForbidden = try fields.flag("forbidden")
        mailbox.isPublic = try fields.flag("public")
        mailbox.name = try fields.text("name") ?? ""
        for item in try fields.items("folders") { mailbox.folders.append(try folder(item)) }
        for item in try fields.items("messages") {
            let message = try message(item, to: mailbox.address, &counter)
            guard mailbox.has(folder: message.folder) else {
                throw item.error("unknown folder '\(message.folder)'")
            }
            mailbox.add(message)
        }
        return mailbox
    }

    private static func folder(_ node: StrictNode) throws(WorldFileError) -> World.Folder {
        let fields = try node.fields(["id", "name", "parent", "system"])
        let id = try fields.needed("id").text()
        var folder = World.Folder(
            id: id,
            name: try fields.text("name") ?? id,
            parent: try fields.text("parent") ?? "0"
        )
        folder.isSystem = try fields.flag("system")
        return folder
    }

    static func message(
        _ node: StrictNode,
        to address: String,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> World.Message {
        let fields = try node.fields([
            "id", "folder", "subject", "from", "from_name", "to", "date", "state", "text", "labels",
            "unread", "attachments", "wire", "omit",
        ])
        let sender = try fields.text("from") ?? "alice@xinghe.example"
        var message = World.Message(
            id: try fields.needed("id").text(),
            folder: try fields.text("folder") ?? "INBOX",
            subject: try fields.text("subject") ?? "",
            from: .init(name: try fields.text("from_name") ?? sender, address: sender),
            to: [.init(name: address, address: try fields.text("to") ?? address)],
            date: try moment(fields["date"], &counter),
            state: try state(fields["state"]),
            text: try fields.text("text") ?? ""
        )
        message.labels = try fields.texts("labels")
        message.isUnread = try fields.flag("unread")
        message.distortion = try distortion(fields)
        for item in try fields.items("attachments") {
            message.attachments.append(try mailAttachment(item, &counter))
        }
        return message
    }

    private static func state(_ node: StrictNode?) throws(WorldFileError) -> World.Message.State {
        let states = ["received": World.Message.State.received, "sent": .sent, "draft": .draft]
        guard let node else { return .received }
        guard let state = states[try node.text()] else {
            throw node.error("expected received, sent or draft")
        }
        return state
    }

    static func mailAttachment(
        _ node: StrictNode,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> World.MailAttachment {
        let fields = try node.fields([
            "id", "name", "text", "size", "content", "oversized", "inline", "downloadable",
            "inline_body", "wire",
            "omit",
        ])
        let name = try fields.needed("name").text()
        var attachment = World.MailAttachment(
            id: try fields.text("id") ?? counter.nextID("attachment"),
            name: name,
            content: try content(fields, name: name, &counter),
            kind: try fields.flag("oversized") ? .oversized : .ordinary,
            isInline: try fields.flag("inline")
        )
        attachment.inlineFlaw = try fields.word("inline_body", InlineFlaw.self)
        attachment.isDownloadable = try fields["downloadable"]?.flag() ?? true
        attachment.distortion = try distortion(fields)
        return attachment
    }
}
