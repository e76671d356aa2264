/// What larkive asks of Feishu.
///
/// Source: the page of each endpoint, and the page on rate limits for the windows.
enum Endpoint: String, CaseIterable, Sendable {
    case tenantToken = "tenant token"
    case userToken = "user token"
    case userInfo = "user_info"
    case accessibleMailboxes = "accessible mailboxes"
    case publicMailboxes = "public mailboxes"
    case folders
    case messages = "message list"
    case message
    case batchGet = "batch_get"
    case downloadURL = "download_url"
    case tasklistTasks = "tasklist tasks"
    case myTasks = "my tasks"
    case task
    case subtasks
    case taskAttachments = "task attachments"
    case taskAttachment = "task attachment"
}

/// How many calls may arrive within a length of time.
struct RateWindow: Hashable, Sendable {
    let limit: Int
    let length: Duration

    static func perSecond(_ limit: Int) -> RateWindow { .init(limit: limit, length: .seconds(1)) }
    static func perMinute(_ limit: Int) -> RateWindow { .init(limit: limit, length: .seconds(60)) }
}

extension Endpoint {
    /// One line of the table of endpoints.
    struct Row: Sendable {
        let verb: HTTPRequest.Verb
        /// After `/open-apis`; a `:` stands for an id.
        let path: String
        /// What the app must be granted.
        let scope: String?
        /// A call must fit into all of them.
        let windows: [RateWindow]
        /// The most that one call may ask for.
        let most: Int?
    }

    private static let mailbox = "/mail/v1/user_mailboxes/:"
    private static let mail = "mail:user_mailbox.message:readonly"
    private static let manyCalls: [RateWindow] = [.perMinute(1_000), .perSecond(50)]

    var row: Row {
        switch self {
        case .tenantToken:
            Row(.post, "/auth/v3/tenant_access_token/internal", nil, [])
        // Asked at the address that the config names.
        case .userToken:
            Row(.post, "/authen/v2/oauth/token", nil, Self.manyCalls)
        case .userInfo:
            Row(.get, "/authen/v1/user_info", nil, Self.manyCalls)
        case .accessibleMailboxes:
            Row(
                .get,
                Self.mailbox + "/accessible_mailboxes",
                "mail:user_mailbox:readonly",
                [.perSecond(10)]
            )
        // Its rate is "special", which is to say unknown: the slowest one is taken.
        case .publicMailboxes:
            Row(
                .get,
                "/mail/v1/public_mailboxes",
                "mail:public_mailbox:readonly",
                [.perSecond(1)],
                most: 200
            )
        case .folders:
            Row(.get, Self.mailbox + "/folders", "mail:user_mailbox.folder:read", [.perSecond(5)])
        case .messages:
            Row(.get, Self.mailbox + "/messages", Self.mail, [.perSecond(10)], most: 20)
        case .message:
            Row(.get, Self.mailbox + "/messages/:", Self.mail, [.perMinute(100)])
        case .batchGet:
            Row(.post, Self.mailbox + "/messages/batch_get", Self.mail, [.perSecond(10)], most: 20)
        case .downloadURL:
            Row(
                .get,
                Self.mailbox + "/messages/:/attachments/download_url",
                "mail:user_mailbox.message.body:read",
                [.perSecond(1)],
                most: 20
            )
        case .tasklistTasks:
            Row(
                .get,
                "/task/v2/tasklists/:/tasks",
                "task:tasklist:read",
                Self.manyCalls,
                most: 100
            )
        case .myTasks:
            Row(.get, "/task/v2/tasks", "task:task:read", Self.manyCalls, most: 100)
        case .task:
            Row(.get, "/task/v2/tasks/:", "task:task:read", [.perSecond(10)])
        case .subtasks:
            Row(.get, "/task/v2/tasks/:/subtasks", "task:task:read", Self.manyCalls, most: 100)
        case .taskAttachments:
            Row(.get, "/task/v2/attachments", "task:attachment:read", Self.manyCalls, most: 100)
        case .taskAttachment:
            Row(.get, "/task/v2/attachments/:", "task:attachment:read", Self.manyCalls)
        }
    }

    /// The path with the ids in the places of the colons.
    func path(_ ids: [String]) -> String {
        var rest = ids[...]
        let segments = row.path.split(separator: "/", omittingEmptySubsequences: false).map {
            $0 == ":" ? URLText.segment(rest.popFirst() ?? "") : String($0)
        }
        return "/open-apis" + segments.joined(separator: "/")
    }

    /// Whether what its answers say stands beside `code`, not in `data`.
    var isFlat: Bool { self == .tenantToken || self == .userToken }

    /// Calls whose only purpose is a download link.
    var mintsLinks: Bool { self == .downloadURL || self == .taskAttachment }
}

extension Endpoint.Row {
    fileprivate init(
        _ verb: HTTPRequest.Verb,
        _ path: String,
        _ scope: String?,
        _ windows: [RateWindow],
        most: Int? = nil
    ) {
        self.init(verb: verb, path: path, scope: scope, windows: windows, most: most)
    }
}
