/// What keeps a run from being complete; the words stand in the summary and in the log.
package enum Condition: String, Sendable, CaseIterable {
    case unclassified
    case itemsFailed = "items_failed"
    case messageUnread = "message_unread"
    case walkIncomplete = "walk_incomplete"
    case sourceGone = "source_gone"
    case unreachable
    case temporary
    case credentials
    case blind
    case sourceForbidden = "source_forbidden"
    case damaged
    /// Objects whose bytes are gone for good, and nobody has accepted it yet.
    case lost
    case equationOpen = "equation_open"
    case limit
    case quota
    case keyMissing = "key_missing"
    case noSpace = "no_space"
    case notWritable = "not_writable"
    case breaker
    case auditDamaged = "audit_damaged"
    case rolledBack = "rolled_back"
    /// The newest note could not be put into one of the folders for copies.
    case copyFailed = "copy_failed"

    /// Nil for what is told and does not make a run incomplete.
    package var exitCode: ExitCode? {
        switch self {
        case .unclassified: .unclassified
        case .itemsFailed, .messageUnread, .walkIncomplete, .sourceGone: .partial
        case .unreachable: .unreachable
        case .temporary: .temporary
        case .credentials, .blind, .sourceForbidden: .human
        case .damaged, .lost, .equationOpen: .damaged
        case .limit, .quota: .limit
        case .keyMissing: .key
        case .noSpace, .notWritable: .space
        case .breaker: .breaker
        case .auditDamaged, .rolledBack: .audit
        case .copyFailed: nil
        }
    }
}

/// The exit codes of the program; the table is in docs/operating.md.
package enum ExitCode: Int32, Sendable, CaseIterable {
    case complete = 0
    case unclassified = 1
    case usage = 2
    case partial = 3
    case unreachable = 4
    case temporary = 5
    case human = 6
    case damaged = 7
    case limit = 8
    case noArchive = 10
    case locked = 11
    case key = 12
    case space = 13
    case breaker = 14
    case audit = 15
    case hangup = 129
    case interrupt = 130
    case terminate = 143

    /// The gravest first; a signal counts between full disks and unreachable hosts.
    private static let gravest: [ExitCode] = [
        .unclassified, .audit, .key, .damaged, .breaker, .human, .space, .hangup, .interrupt,
        .terminate, .unreachable, .partial, .temporary, .limit,
    ]

    package static func deciding(
        _ conditions: Set<Condition>,
        signal: ExitCode? = nil
    ) -> ExitCode {
        let codes = Set(conditions.compactMap(\.exitCode) + [signal].compactMap { $0 })
        return gravest.first { codes.contains($0) } ?? .complete
    }
}
