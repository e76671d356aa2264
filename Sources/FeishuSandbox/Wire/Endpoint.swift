/// Every call that the sandbox answers; the raw values name them in counters and faults.
package enum Endpoint: String, CaseIterable, Sendable {
    case tenantToken = "tenant_token"
    case folders
    case messages
    case message
    case batchGet = "batch_get"
    case downloadURL = "download_url"
    case tasklists
    case tasklistTasks = "tasklist_tasks"
    case task
    case subtasks
    case taskAttachments = "task_attachments"
    case taskAttachment = "task_attachment"
    case link

    /// Path templates of the reference pages; a segment with a colon matches any one segment.
    var path: String {
        switch self {
        case .tenantToken: "/open-apis/auth/v3/tenant_access_token/internal"
        case .folders: "/open-apis/mail/v1/user_mailboxes/:mailbox/folders"
        case .messages: "/open-apis/mail/v1/user_mailboxes/:mailbox/messages"
        case .message: "/open-apis/mail/v1/user_mailboxes/:mailbox/messages/:message"
        case .batchGet: "/open-apis/mail/v1/user_mailboxes/:mailbox/messages/batch_get"
        case .downloadURL:
            "/open-apis/mail/v1/user_mailboxes/:mailbox/messages/:message/attachments/download_url"
        case .tasklists: "/open-apis/task/v2/tasklists"
        case .tasklistTasks: "/open-apis/task/v2/tasklists/:guid/tasks"
        case .task: "/open-apis/task/v2/tasks/:guid"
        case .subtasks: "/open-apis/task/v2/tasks/:guid/subtasks"
        case .taskAttachments: "/open-apis/task/v2/attachments"
        case .taskAttachment: "/open-apis/task/v2/attachments/:guid"
        case .link: "/space/api/box/stream/download/authcode/"
        }
    }

    var methods: [String] {
        switch self {
        case .tenantToken, .batchGet: ["POST"]
        case .link: ["GET", "HEAD"]
        default: ["GET"]
        }
    }
}

/// The endpoint that a call means, and the ids in its path.
struct Route {
    let endpoint: Endpoint
    private let parameters: [String: String]

    static func find(_ call: Call) -> Route? {
        for endpoint in Endpoint.allCases where endpoint.methods.contains(call.method) {
            if let parameters = match(endpoint.path.split(separator: "/"), call.segments) {
                return Route(endpoint: endpoint, parameters: parameters)
            }
        }
        return nil
    }

    subscript(_ name: String) -> String { parameters[name] ?? "" }

    private static func match(_ template: [Substring], _ path: [String]) -> [String: String]? {
        guard template.count == path.count else { return nil }
        var parameters: [String: String] = [:]
        for (pattern, segment) in zip(template, path) {
            if pattern.first == ":" {
                parameters[String(pattern.dropFirst())] = segment
            } else if pattern != segment {
                return nil
            }
        }
        return parameters
    }
}
