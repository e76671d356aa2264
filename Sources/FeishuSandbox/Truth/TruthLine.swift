/// What a complete archive must hold: one attachment that the app can read.
package struct TruthLine: Equatable, Sendable {
    package enum Place: Equatable, Sendable {
        case mail(MailPlace)
        case task(TaskPlace)
    }

    package struct MailPlace: Equatable, Sendable {
        package var mailbox: String
        package var messageID: String
        package var attachmentID: String
        package var folder: String
        package var subject: String
        package var kind: World.MailAttachment.Kind
        package var isInline: Bool
        package var state: World.Message.State
        /// False when `download_url` always puts it into `failed_ids`.
        package var isDownloadable: Bool
    }

    package struct TaskPlace: Equatable, Sendable {
        package var taskGUID: String
        package var guid: String
        package var fileToken: String
        package var summary: String
        package var parent: String?
    }

    package var place: Place
    package var name: String
    package var size: Int
    package var sha256: String
    /// The sources that list it, in larkive's words: `mail:<address>`, `tasklist:<guid>`.
    package var sources: [String]
}

extension TruthLine {
    package var json: WireJSON {
        var json: WireJSON =
            switch place {
            case .mail(let mail): mail.json
            case .task(let task): task.json
            }
        json.append("name", .string(name))
        json.append("size", .int(Int64(size)))
        json.append("sha256", .string(sha256))
        json.append("sources", .array(sources.map(WireJSON.string)))
        return json
    }
}

extension TruthLine.MailPlace {
    fileprivate var json: WireJSON {
        [
            "kind": "mail", "mailbox": .string(mailbox), "message_id": .string(messageID),
            "attachment_id": .string(attachmentID), "folder": .string(folder),
            "subject": .string(subject), "type": .int(kind.rawValue), "inline": .bool(isInline),
            "state": .int(state.rawValue), "downloadable": .bool(isDownloadable),
        ]
    }
}

extension TruthLine.TaskPlace {
    fileprivate var json: WireJSON {
        [
            "kind": "task", "task_guid": .string(taskGUID), "guid": .string(guid),
            "file_token": .string(fileToken), "summary": .string(summary),
            "parent": parent.map(WireJSON.string) ?? .null,
        ]
    }
}
