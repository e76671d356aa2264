extension World {
    /// One mailbox with its folders and messages.
    package struct Mailbox: Sendable {
        package let address: String
        /// The app may not read it: every call on it answers "no permission".
        package var isForbidden = false
        /// A mailbox of the company, listed by `public_mailboxes`; otherwise somebody's own.
        package var isPublic = false
        /// The display name of a public mailbox.
        package var name = ""
        package var folders: [Folder]
        private var byID: [String: Message] = [:]
        private var idsByFolder: [String: [String]] = [:]

        package init(address: String, userFolders: [Folder] = [], isForbidden: Bool = false) {
            self.address = address
            self.isForbidden = isForbidden
            self.folders = Folder.system + userFolders
        }
    }

    /// A folder; system folders are told by their ids.
    package struct Folder: Hashable, Sendable {
        package var id: String
        package var name: String
        package var parent = "0"
        package var isSystem = false

        package init(id: String, name: String, parent: String = "0") {
            self.id = id
            self.name = name
            self.parent = parent
        }

        /// Source: the page on threads, which names the system folders.
        package static let system: [Folder] = [
            ("INBOX", "收件箱"), ("SENT", "已发送"), ("SPAM", "垃圾邮件"), ("ARCHIVED", "归档"),
            ("SCHEDULED", "定时发送"), ("TRASH", "已删除"), ("DRAFT", "草稿箱"),
        ].map { id, name in
            var folder = Folder(id: id, name: name)
            folder.isSystem = true
            return folder
        }
    }
}

extension World.Mailbox {
    package var count: Int { byID.count }

    /// Every message, folder by folder, in the order of arrival.
    package var messages: [World.Message] { folders.flatMap { messages(in: $0.id) } }

    package subscript(_ id: String) -> World.Message? { byID[id] }

    /// Ids in the order in which they are listed.
    package func ids(in folder: String) -> [String] { idsByFolder[folder] ?? [] }

    package func messages(in folder: String) -> [World.Message] {
        ids(in: folder).compactMap { byID[$0] }
    }

    package func has(folder: String) -> Bool { folders.contains { $0.id == folder } }

    /// Puts a message into its folder, or in place of the one with its id.
    package mutating func add(_ message: World.Message) {
        if byID[message.id]?.folder != message.folder {
            remove(message.id)
            idsByFolder[message.folder, default: []].append(message.id)
        }
        byID[message.id] = message
    }

    package mutating func remove(_ id: String) {
        guard let gone = byID.removeValue(forKey: id) else { return }
        idsByFolder[gone.folder]?.removeAll { $0 == id }
    }

    package mutating func move(_ id: String, to folder: String) {
        guard var message = byID[id] else { return }
        message.folder = folder
        add(message)
    }

    /// Hangs another file on a message, as happens to drafts.
    package mutating func attach(_ attachment: World.MailAttachment, to id: String) {
        byID[id]?.attachments.append(attachment)
    }
}
