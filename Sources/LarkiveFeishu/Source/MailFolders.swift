import LarkiveCore

/// The folders of a mailbox, and what is missing among them.
struct MailFolders: Equatable, Sendable {
    private(set) var folders: [Folder] = []
    private(set) var hasSystemFolder = false
    /// Items that are no folders.
    private(set) var unreadable: [String] = []

    /// Source: the page of the thread list names them; STRANGER stands in the official client.
    private static let systemIDs: Set<String> = [
        "INBOX", "SENT", "SPAM", "ARCHIVED", "SCHEDULED", "TRASH", "DRAFT", "STRANGER",
    ]

    /// Adds the folders of an answer; a folder that is there already is left out.
    mutating func add(_ data: JSONObject) throws(BadAnswer) {
        for item in try data.list("items") ?? [] {
            do throws(BadAnswer) {
                try add(folder: item)
            } catch {
                unreadable.append("a folder cannot be read: \(error.detail)")
            }
        }
    }

    private mutating func add(folder item: JSON) throws(BadAnswer) {
        guard let item = item.object else { throw BadAnswer("it is no object") }
        let id: Folder.ID = try item.id("id")
        let type = try item.integer("folder_type")
        if type == 1 || Self.systemIDs.contains(id.rawValue) { hasSystemFolder = true }
        guard !folders.contains(where: { $0.id == id }) else { return }
        folders.append(Folder(id: id, name: try item.text("name") ?? ""))
    }

    /// What keeps a walk of the chosen ones from being complete.
    func gaps(_ choice: FolderChoice) -> [String] {
        let wanted: [String] =
            switch choice {
            case .all: ["INBOX"]
            case .only(let names): names
            }
        let missing = wanted.filter { name in
            !folders.contains { $0.id.rawValue == name || $0.name == name }
        }
        return unreadable + missing.map { "the folder \($0) is not among the folders" }
    }
}

extension FeishuMailSource {
    /// All folders of a mailbox.
    ///
    /// Source: the page on listing folders; not paged.
    /// Asked without `folder_type`; where that leaves system folders out, each type is asked for.
    func folders(of mailbox: Mailbox.ID) async throws(SourceError) -> MailFolders {
        var found = MailFolders()
        let call = FeishuCall(.folders, mailbox.rawValue)
        try await add(call, to: &found, mailbox)
        guard !found.hasSystemFolder else { return found }
        for type in ["1", "2"] {
            try await add(call.with("folder_type", type), to: &found, mailbox)
        }
        return found
    }

    private func add(
        _ call: FeishuCall,
        to found: inout MailFolders,
        _ mailbox: Mailbox.ID
    ) async throws(SourceError) {
        let place = "mailbox \(mailbox)"
        let data: JSONObject
        do {
            data = try await client.answer(to: call).data
        } catch {
            throw SourceError(error, in: place)
        }
        do {
            try found.add(data)
        } catch {
            throw SourceError(.incomplete, "\(place): folders: \(error.detail)")
        }
    }
}
