/// How messages are written down, within what is asked for.
struct MessageManner {
    /// Attachments up to this size come with their bytes.
    var bodiesUpTo = 0
    /// What is wrong with all of those, when a fault says so.
    var flaw: InlineFlaw?
    var shuffleSeed: UInt64?

    func arrange(_ item: WireJSON, _ id: String) -> WireJSON {
        guard let shuffleSeed else { return item }
        var generator = SeededGenerator(seed: shuffleSeed ^ StableHash.value(id))
        return item.shuffled(&generator)
    }
}

/// How much of a message is asked for.
enum MessageFormat: String {
    case full
    case plainTextFull = "plain_text_full"
    case metadata

    init(_ text: String?, at endpoint: Endpoint) throws(APIError) {
        guard let format = Self(rawValue: text ?? "full") else {
            throw .badMailParameter(endpoint, "format")
        }
        self = format
    }
}

extension World.Folder {
    /// The unread counts follow the messages; threads are counted as messages.
    func json(in mailbox: World.Mailbox) -> WireJSON {
        let unread = Int64(mailbox.messages(in: id).count { $0.isUnread })
        return [
            "id": .string(id), "name": .string(name), "parent_folder_id": .string(parent),
            "folder_type": isSystem ? 1 : 2, "unread_message_count": .int(unread),
            "unread_thread_count": .int(unread),
        ]
    }
}

extension World.Message {
    /// Source: the page on getting a message.
    ///
    /// Fields without a scope are left out silently.
    func json(
        _ format: MessageFormat,
        scopes: Set<World.Scope>,
        _ manner: MessageManner = MessageManner()
    ) -> WireJSON {
        var json = envelope
        if scopes.contains(.subject) { json.append("subject", .string(subject)) }
        if scopes.contains(.address) { addAddresses(to: &json) }
        if scopes.contains(.body) { addBody(to: &json, format, manner) }
        return manner.arrange(distortion.apply(to: json), id)
    }

    private var envelope: WireJSON {
        [
            "message_id": .string(id), "thread_id": .string("thread_" + StableHash.hex(id)),
            "smtp_message_id": .string("<\(StableHash.hex(id))@xinghe.example>"),
            "internal_date": date.json, "message_state": .int(state.rawValue),
            "folder_id": .string(folder), "label_ids": .array(labels.map(WireJSON.string)),
            "body_preview": .string(Base64.urlSafe(Array(text.prefix(40).utf8))),
            "in_reply_to": "", "reply_to": "", "references": "", "priority_type": "3",
            "security_level": ["is_risk": false],
        ]
    }

    private func addAddresses(to json: inout WireJSON) {
        json.append("head_from", from.json)
        json.append("to", .array(to.map(\.json)))
        json.append("cc", .array(cc.map(\.json)))
        json.append("bcc", [])
    }

    /// Without attachments the key itself is absent, as without the scope; the bodies tell them apart.
    private func addBody(
        to json: inout WireJSON,
        _ format: MessageFormat,
        _ manner: MessageManner
    ) {
        guard format != .metadata else { return }
        if format == .full { json.append("body_html", .string(Base64.urlSafe(Array(html.utf8)))) }
        json.append("body_plain_text", .string(Base64.urlSafe(Array(text.utf8))))
        guard !attachments.isEmpty else { return }
        json.append("attachments", .array(attachments.map { $0.json(manner) }))
    }

    private var html: String {
        let images = attachments.filter(\.isInline).map { "<img src=\"cid:\($0.contentID)\">" }
        return "<html><body><p>\(text)</p>\(images.joined())</body></html>"
    }
}

extension World.MailAttachment {
    /// No size, no digest, no media type: mail does not tell.
    fileprivate func json(_ manner: MessageManner) -> WireJSON {
        var json: WireJSON = [
            "id": .string(id), "filename": .string(name), "attachment_type": .int(kind.rawValue),
            "is_inline": .bool(isInline), "cid": .string(contentID),
        ]
        if kind == .ordinary, manner.bodiesUpTo > 0, content.count <= manner.bodiesUpTo {
            json.append("body", body(manner.flaw ?? inlineFlaw))
        }
        return manner.arrange(distortion.apply(to: json), id)
    }

    private func body(_ flaw: InlineFlaw?) -> WireJSON {
        switch flaw {
        case .null: .null
        case .number: 37
        case .empty: ""
        case _ where content.count == 0: ""
        default: .inline(InlineBody(content: content, flaw: flaw))
        }
    }
}
