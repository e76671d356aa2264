/// One kind of weather in a ``FaultStorm``.
package enum StormKind: String, CaseIterable, Sendable {
    case serverError = "server_error"
    /// A gateway's HTML page with 502, 503 or 504.
    case gateway
    case truncatedJSON = "truncated_json"
    case throttle
    case drop
    case reset
    /// The body breaks off.
    case cut
    case slow
    /// The item is refused for good, for as long as the storm rolls this.
    case refusal
    case failedIDs = "failed_ids"
    /// Bytes inside `batch_get` are not to be trusted.
    case inlineBodies = "inline_bodies"
    case emptyPage = "empty_page"
    case itemTwice = "item_twice"
    case grown
    case staleToken = "stale_token"
    case repeatedToken = "repeated_token"
    case deadLink = "dead_link"
    case shortBody = "short_body"
    case longBody = "long_body"
    case chunkedCut = "chunked_cut"
    case htmlFile = "html_file"
    case redirect
    /// To an address that a client must not follow.
    case strayRedirect = "stray_redirect"
}

extension StormKind {
    /// What passes when the same is asked again; the others may cost an item or end a walk.
    package static let passing = allCases.filter { kind in
        ![.refusal, .failedIDs, .repeatedToken, .strayRedirect].contains(kind)
    }

    func canHit(_ endpoint: Endpoint) -> Bool {
        switch self {
        case .deadLink, .shortBody, .longBody, .chunkedCut, .htmlFile, .redirect, .strayRedirect:
            endpoint == .link
        case .drop, .reset, .cut, .slow: !endpoint.burns
        case .serverError: endpoint != .authorize && endpoint != .link
        case .gateway: !endpoint.burns
        case .truncatedJSON, .throttle: !endpoint.burns && endpoint != .link
        case .refusal: endpoint.isAboutItems
        case .inlineBodies: endpoint == .batchGet
        case .failedIDs: endpoint == .downloadURL
        case .emptyPage, .itemTwice, .grown, .staleToken, .repeatedToken: endpoint.isPaged
        }
    }
}

extension Endpoint {
    /// Where a lost answer costs something that cannot be had again.
    fileprivate var burns: Bool { self == .userToken || self == .authorize }

    fileprivate var isAboutItems: Bool {
        [.message, .batchGet, .downloadURL, .task, .taskAttachment].contains(self)
    }

    fileprivate var isPaged: Bool {
        switch self {
        case .messages, .publicMailboxes, .tasklists, .tasklistTasks, .subtasks, .myTasks,
            .taskAttachments:
            true
        default: false
        }
    }
}
