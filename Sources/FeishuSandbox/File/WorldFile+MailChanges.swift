extension WorldFile {
    static func mailChange(
        _ name: String,
        _ value: StrictNode,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> WorldChange {
        switch name {
        case "delete_mailbox": return .deleteMailbox(try value.text())
        case "bring_back": return .bringBack(try value.text())
        case "forbid_mailbox":
            let (address, isForbidden) = try forbidden(value, "address")
            return .forbidMailbox(address, isForbidden)
        default: return try messageChange(name, value, &counter)
        }
    }

    private static func messageChange(
        _ name: String,
        _ value: StrictNode,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> WorldChange {
        let fields = try value.fields(["mailbox", "message", "attachment", "folder"])
        let address = try fields.needed("mailbox").text()
        let message = try fields.needed("message")
        switch name {
        case "add_message":
            return .addMessage(try self.message(message, to: address, &counter), mailbox: address)
        case "delete_message": return .deleteMessage(mailbox: address, id: try message.text())
        case "move_message":
            let folder = try fields.needed("folder").text()
            return .moveMessage(mailbox: address, id: try message.text(), folder: folder)
        case "add_attachment":
            let attachment = try mailAttachment(fields.needed("attachment"), &counter)
            return .addAttachment(attachment, mailbox: address, message: try message.text())
        default:
            let (message, id) = (try message.text(), try fields.needed("attachment").text())
            return .deleteAttachment(mailbox: address, message: message, id: id)
        }
    }
}
