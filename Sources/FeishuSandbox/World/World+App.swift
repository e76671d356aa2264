extension World {
    /// The one app of this world.
    ///
    /// The defaults are no secret: nothing outside loopback knows them.
    package struct App: Sendable {
        package var id = "cli_sandbox0000000001"
        package var secret = "sandbox-secret-not-real"
        package var isDisabled = false
        package var scopes: Set<Scope> = Set(Scope.allCases)
        /// Feishu's page says at most two hours.
        package var tokenLife: Duration = .seconds(7200)
        /// Where a login may lead back to; none listed, and every address is allowed.
        package var redirectURIs: Set<String> = []
        /// The console's switch for refresh tokens.
        package var mayRefresh = true
        /// Other apps that can log people in, with their secrets.
        package var others: [String: String] = [:]

        package init() {}
    }

    /// A right that the app may lack.
    ///
    /// Without a *field* scope Feishu leaves the fields out and says nothing.
    package enum Scope: String, CaseIterable, Sendable {
        case folders = "mail:user_mailbox.folder:read"
        case messages = "mail:user_mailbox.message:readonly"
        case body = "mail:user_mailbox.message.body:read"
        case address = "mail:user_mailbox.message.address:read"
        case subject = "mail:user_mailbox.message.subject:read"
        case tasks = "task:task:read"
        case tasklists = "task:tasklist:read"
        case taskAttachments = "task:attachment:read"
        case mailboxes = "mail:user_mailbox:readonly"
        case publicMailboxes = "mail:public_mailbox:readonly"

        /// Every name that opens the same door; the first is what a refusal asks for.
        var names: [String] {
            switch self {
            case .folders: [rawValue, "mail:user_mailbox.folder:write"]
            case .tasks: [rawValue, "task:task:write"]
            case .tasklists: [rawValue, "task:tasklist:write"]
            case .taskAttachments: [rawValue, "task:attachment:write"]
            case .mailboxes: [rawValue, "mail:user_mailbox"]
            case .publicMailboxes: [rawValue, "mail:public_mailbox"]
            case .messages, .body, .address, .subject: [rawValue]
            }
        }
    }

    /// What the documentation leaves open, or what has been met in the wild.
    package struct Quirks: Sendable {
        /// Throttling is HTTP 429; some old endpoints say 400.
        package var throttleStatus = 429
        package var throttleWait = Wait.seconds
        /// Without `folder_type` only user folders come back.
        package var folderTypeIsNeeded = false
        /// One unknown id refuses the whole batch; otherwise it is left out of the answer.
        package var unknownIDSinksBatch = true
        /// `batch_get` carries attachment bodies up to this size.
        package var inlineBodiesUpTo = 0
        /// Members of messages and of their attachments come in an order made from this seed.
        package var shuffleSeed: UInt64?
        /// How a tier's windows are counted, about which the documentation is silent.
        package var windows = Windows.sliding
        /// Calls that arrive so soon after a 429 were on their way already, and break no rule.
        package var penaltyGrace: Duration = .milliseconds(250)
        /// What the `Date` header is ahead of the sandbox's clock.
        package var dateOffset: Duration = .zero

        /// How a throttled caller is told when to come again.
        package enum Wait: String, CaseIterable, Sendable {
            case seconds
            case fractional
            case retryAfter = "retry_after"
            /// Not at all.
            case untold
        }

        package enum Windows: String, CaseIterable, Sendable {
            /// Every stretch of time counts: the stricter reading.
            case sliding
            /// Aligned to the second and the minute.
            case fixed
        }

        package init() {}
    }
}
