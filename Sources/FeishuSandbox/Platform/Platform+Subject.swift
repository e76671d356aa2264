import FoundationEssentials

extension Platform {
    /// The ids that a call on the API host is about, from its path, query and body.
    func subject(of visit: Visit) -> CallSubject {
        var subject = CallSubject()
        let (call, route) = (visit.call, visit.route)
        switch route.endpoint {
        case .tenantToken, .authorize, .userToken, .userInfo, .publicMailboxes: break
        case .tasklists, .myTasks, .link: break
        case .folders, .messages, .accessibleMailboxes: subject.mailboxes = [route["mailbox"]]
        case .message:
            subject = CallSubject(mailboxes: [route["mailbox"]], messages: [route["message"]])
        case .batchGet:
            subject.mailboxes = [route["mailbox"]]
            subject.messages = BatchRequest(call.body)?.messageIDs ?? []
        case .downloadURL:
            subject = CallSubject(mailboxes: [route["mailbox"]], messages: [route["message"]])
            subject.attachments = call.all("attachment_ids")
        case .taskAttachments: subject.guids = call.all("resource_id")
        case .taskAttachment: subject.guids = attachmentSubject(route["guid"]).guids
        case .tasklistTasks, .task, .subtasks: subject.guids = [route["guid"]]
        }
        return subject
    }

    /// A task attachment is found by its own guid and by its task's.
    func attachmentSubject(_ guid: String) -> CallSubject {
        let owner = world.tasks.attachment(guid)?.task.guid
        return CallSubject(guids: [guid] + (owner.map { [$0] } ?? []))
    }
}

/// The body of `batch_get`.
struct BatchRequest: Decodable {
    let format: String?
    let messageIDs: [String]

    private enum CodingKeys: String, CodingKey {
        case format
        case messageIDs = "message_ids"
    }

    init?(_ body: [UInt8]) {
        guard let request = try? JSONDecoder().decode(Self.self, from: Data(body)) else {
            return nil
        }
        self = request
    }
}
