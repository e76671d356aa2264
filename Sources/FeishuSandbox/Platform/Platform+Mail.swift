extension Platform {
    /// Source: the page on listing folders.
    ///
    /// Not paged.
    func folders(_ visit: Visit) throws(APIError) -> WireJSON {
        let mailbox = try mailbox(visit, .folders)
        let kind = visit.call.first("folder_type")
        guard [nil, "1", "2"].contains(kind) else {
            throw .badMailParameter(.folders, "folder_type")
        }
        let wanted = kind == nil && world.quirks.folderTypeIsNeeded ? "2" : kind
        let folders = mailbox.folders.filter {
            wanted == nil || ($0.isSystem ? "1" : "2") == wanted
        }
        return ["items": .array(folders.map { $0.json(in: mailbox) })]
    }

    /// Source: the page on listing messages.
    ///
    /// The items are ids and nothing else.
    func messages(_ visit: Visit) throws(APIError) -> WireJSON {
        let mailbox = try mailbox(visit, .messages)
        let size = visit.call.first("page_size").flatMap { Int($0) } ?? 0
        guard (1...20).contains(size) else {
            throw .badMailParameter(.messages, "page_size must be 1 to 20")
        }
        let list = try listing(visit.call, mailbox)
        let token = visit.call.first("page_token")
        guard let pager = Pager(list: mailbox.address + list.name, size: size, token: token) else {
            throw .badMailParameter(.messages, "page_token")
        }
        let page = try visit.page(pager, of: list.ids)
        var data: WireJSON = ["items": .array(page.items.map(WireJSON.string))]
        data.append("has_more", .bool(page.hasMore))
        if let next = page.next { data.append("page_token", .string(next)) }
        return data
    }

    /// Exactly one of folder and label: the safest reading of three pages that differ.
    private func listing(
        _ call: Call,
        _ mailbox: World.Mailbox
    ) throws(APIError) -> (name: String, ids: [String]) {
        let unreadOnly = call.first("only_unread") == "true"
        let messages: [World.Message]
        switch (call.first("folder_id"), call.first("label_id")) {
        case (let folder?, nil) where mailbox.has(folder: folder):
            guard unreadOnly else { return ("folder/" + folder, mailbox.ids(in: folder)) }
            messages = mailbox.messages(in: folder)
        case (nil, let label?): messages = mailbox.messages.filter { $0.labels.contains(label) }
        case (_?, nil): throw .badMailParameter(.messages, "folder_id")
        default: throw .badMailParameter(.messages, "exactly one of folder_id and label_id")
        }
        let name = "\(call.first("folder_id") ?? "")/\(call.first("label_id") ?? "")/\(unreadOnly)"
        return (name, messages.filter { !unreadOnly || $0.isUnread }.map(\.id))
    }

    /// Source: the page on getting one message.
    func message(_ visit: Visit) throws(APIError) -> WireJSON {
        let mailbox = try mailbox(visit, .messages)
        let format = try MessageFormat(visit.call.first("format"), at: .message)
        guard let message = mailbox[visit.route["message"]] else { throw .messageMissing }
        return ["message": message.json(format, scopes: scopes(of: visit))]
    }

    /// Source: the page on getting messages by the batch.
    func batchGet(_ visit: Visit) throws(APIError) -> WireJSON {
        let mailbox = try mailbox(visit, .messages)
        guard let request = BatchRequest(visit.call.body),
            (1...20).contains(request.messageIDs.count)
        else { throw .badMailParameter(.batchGet, "message_ids must hold 1 to 20 ids") }
        let format = try MessageFormat(request.format, at: .batchGet)
        let found = request.messageIDs.compactMap { mailbox[$0] }
        guard found.count == request.messageIDs.count || !world.quirks.unknownIDSinksBatch else {
            throw .batchMessageMissing
        }
        let (scopes, manner) = (scopes(of: visit), manner(of: visit))
        return ["messages": .array(found.map { $0.json(format, scopes: scopes, manner) })]
    }

    private func manner(of visit: Visit) -> MessageManner {
        var manner = MessageManner(
            bodiesUpTo: world.quirks.inlineBodiesUpTo,
            shuffleSeed: world.quirks.shuffleSeed
        )
        for case .inlineBodies(let flaw) in visit.effects { manner.flaw = flaw }
        return manner
    }

    /// The mailbox of a call, if the caller may read it.
    func mailbox(_ visit: Visit, _ scope: World.Scope) throws(APIError) -> World.Mailbox {
        let endpoint = visit.route.endpoint
        try need(scope, visit)
        guard let mailbox = world.mailboxes[try address(visit)] else {
            throw .mailboxMissing(endpoint)
        }
        guard !mailbox.isForbidden, reaches(mailbox.address, visit.caller) else {
            throw .mailboxForbidden(endpoint)
        }
        return mailbox
    }

    /// `me` is the primary mailbox of the user whose token is shown.
    func address(_ visit: Visit) throws(APIError) -> String {
        guard visit.route["mailbox"] == "me" else { return visit.route["mailbox"] }
        guard case .user = visit.caller, let user = world.user else { throw .meNeedsUser }
        return user.address
    }

    private func reaches(_ address: String, _ caller: Caller) -> Bool {
        guard case .user = caller else { return true }
        return world.user?.reaches(address) ?? false
    }
}
