/// How often an endpoint may be called: one window or two.
///
/// Source: the page on rate limits and the tier named on each endpoint's page.
struct Tier: Sendable {
    struct Window: Sendable {
        let limit: Int
        let length: Duration
    }

    let windows: [Window]

    init(_ windows: (Int, Duration)...) {
        self.windows = windows.map { Window(limit: $0.0, length: $0.1) }
    }
}

extension Endpoint {
    /// No tier is listed for tenant tokens and links; "special" ones have no number to count by.
    var tier: Tier? {
        switch self {
        case .tenantToken, .link, .userInfo, .publicMailboxes: nil
        case .downloadURL: Tier((1, .seconds(1)))
        case .folders: Tier((5, .seconds(1)))
        case .messages, .batchGet, .task, .accessibleMailboxes: Tier((10, .seconds(1)))
        case .message: Tier((100, .seconds(60)))
        case .authorize, .userToken, .tasklists, .tasklistTasks, .subtasks, .myTasks,
            .taskAttachments, .taskAttachment:
            Tier((1000, .seconds(60)), (50, .seconds(1)))
        }
    }
}
