/// Every call that the sandbox answers; the raw values name them in counters and faults.
package enum Endpoint: String, CaseIterable, Sendable {
    case tenantToken = "tenant_token"
    case authorize
    case userToken = "user_token"
    case userInfo = "user_info"
    case accessibleMailboxes = "accessible_mailboxes"
    case publicMailboxes = "public_mailboxes"
    case folders
    case messages
    case message
    case batchGet = "batch_get"
    case downloadURL = "download_url"
    case tasklists
    case tasklistTasks = "tasklist_tasks"
    case task
    case subtasks
    case myTasks = "my_tasks"
    case taskAttachments = "task_attachments"
    case taskAttachment = "task_attachment"
    case link

    /// Path templates of the reference pages; a segment with a colon matches any one segment.
    var path: String {
        switch self {
        case .tenantToken: "/open-apis/auth/v3/tenant_access_token/internal"
        case .authorize: "/open-apis/authen/v1/authorize"
        case .userToken: "/open-apis/authen/v2/oauth/token"
        case .userInfo: "/open-apis/authen/v1/user_info"
        case .accessibleMailboxes:
            "/open-apis/mail/v1/user_mailboxes/:mailbox/accessible_mailboxes"
        case .publicMailboxes: "/open-apis/mail/v1/public_mailboxes"
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
        case .myTasks: "/open-apis/task/v2/tasks"
        case .taskAttachments: "/open-apis/task/v2/attachments"
        case .taskAttachment: "/open-apis/task/v2/attachments/:guid"
        case .link: "/space/api/box/stream/download/authcode/"
        }
    }

    /// The accounts host is this host too, and has its own path for tokens.
    static let tokenPathV3 = "/oauth/v3/token"

    var paths: [String] { self == .userToken ? [path, Self.tokenPathV3] : [path] }

    var isMail: Bool { path.hasPrefix("/open-apis/mail/") }

    var methods: [String] {
        switch self {
        case .tenantToken, .userToken, .batchGet: ["POST"]
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
            for path in endpoint.paths {
                guard let parameters = match(path.split(separator: "/"), call.segments) else {
                    continue
                }
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
