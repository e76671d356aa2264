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
    /// No tier is listed for tokens, and none for links.
    var tier: Tier? {
        switch self {
        case .tenantToken, .link: nil
        case .downloadURL: Tier((1, .seconds(1)))
        case .folders: Tier((5, .seconds(1)))
        case .messages, .batchGet, .task: Tier((10, .seconds(1)))
        case .message: Tier((100, .seconds(60)))
        case .tasklists, .tasklistTasks, .subtasks, .taskAttachments, .taskAttachment:
            Tier((1000, .seconds(60)), (50, .seconds(1)))
        }
    }
}
