extension World {
    mutating func applyToMail(_ change: WorldChange) throws(WorldChange.NotThere) {
        switch change {
        case .addMessage(let message, let address):
            try mailbox(address)
            mailboxes[address]?.add(message)
        case .moveMessage(let address, let id, let folder):
            _ = try message(id, in: address)
            mailboxes[address]?.move(id, to: folder)
        case .addAttachment(let attachment, let address, let id):
            _ = try message(id, in: address)
            mailboxes[address]?.attach(attachment, to: id)
        case .forbidMailbox(let address, let isForbidden):
            try mailbox(address)
            mailboxes[address]?.isForbidden = isForbidden
        default: try deleteMail(change)
        }
    }

    private mutating func deleteMail(_ change: WorldChange) throws(WorldChange.NotThere) {
        switch change {
        case .deleteMessage(let address, let id):
            attic[id] = .addMessage(try message(id, in: address), mailbox: address)
            mailboxes[address]?.remove(id)
        case .deleteAttachment(let address, let id, let attachment):
            var message = try message(id, in: address)
            let index = message.attachments.firstIndex { $0.id == attachment }
            guard let index else { throw WorldChange.NotThere(id: attachment) }
            let gone = message.attachments.remove(at: index)
            attic[attachment] = .addAttachment(gone, mailbox: address, message: id)
            mailboxes[address]?.add(message)
        case .deleteMailbox(let address):
            try mailbox(address)
            lostMailboxes[address] = mailboxes.removeValue(forKey: address)
        default: break
        }
    }

    mutating func bringBack(_ id: String) throws(WorldChange.NotThere) {
        if let mailbox = lostMailboxes.removeValue(forKey: id) { return add(mailbox) }
        guard let change = attic.removeValue(forKey: id) else { throw .init(id: id) }
        try apply(change)
    }

    private func mailbox(_ address: String) throws(WorldChange.NotThere) {
        guard mailboxes[address] != nil else { throw .init(id: address) }
    }

    private func message(
        _ id: String,
        in address: String
    ) throws(WorldChange.NotThere) -> World.Message {
        try mailbox(address)
        guard let message = mailboxes[address]?[id] else { throw .init(id: id) }
        return message
    }
}
