/// What the parts of a run have found out, before it is summed up.
struct RunReport: Sendable {
    struct Tallies: Sendable {
        var sources: [SourceName: Tally] = [:]
        var total = Tally()
    }

    var walks: [WalkReport] = []
    var tallies = Tallies()
    var figures = RunFigures()
    var bytesDownloaded: Int64 = 0
    var signal: ExitCode?
    private var fatal: Set<Condition> = []
    private var words: [String] = []

    init(walks: [WalkReport] = []) { self.walks = walks }

    /// Notes an error that ended the run.
    mutating func note(_ error: any Error) {
        switch error {
        case let failure as RunFailure:
            fatal.insert(failure.condition)
            words.append(failure.detail)
        case let failure as ManifestError:
            note(RunFailure.manifest(failure))
        case is CancellationError: break
        default:
            fatal.insert(.unclassified)
            words.append("\(error)")
        }
    }

    func summary(run: RunID, started: Timestamp, finished: Timestamp) -> RunSummary {
        RunSummary(
            run: run,
            started: started,
            finished: finished,
            sources: sources,
            totals: tallies.total,
            figures: figures,
            conditions: conditions,
            signal: signal,
            unseen: unseen
        )
    }

    private var sources: [SourceSummary] {
        walks.map {
            SourceSummary(
                name: $0.name,
                tally: tallies.sources[$0.name] ?? Tally(),
                examinedNow: $0.examinedNow,
                failure: $0.failure,
                unreadable: $0.unreadable,
                isBlind: $0.isBlind
            )
        }
    }

    private var conditions: Set<Condition> {
        var conditions = fatal
        for walk in walks { conditions.formUnion(walk.conditions) }
        let total = tallies.total
        if total.failed > 0 { conditions.insert(.itemsFailed) }
        // A blind source or a stopped walk has unread messages, and says so by its own condition.
        let isCut = walks.contains { $0.isBlind || $0.failure != nil }
        if total.messages.unread > 0, !isCut, fatal.isEmpty { conditions.insert(.messageUnread) }
        if total.pending > 0, !isCut, signal == nil, fatal.isEmpty {
            conditions.insert(.equationOpen)
        }
        if !([total] + tallies.sources.values).allSatisfy(\.closes) {
            conditions.insert(.equationOpen)
        }
        return Self.nothingStarted(walks) ?? conditions
    }

    /// A run in which no source gave anything has one cause, not many.
    private static func nothingStarted(_ walks: [WalkReport]) -> Set<Condition>? {
        let kinds = walks.map { $0.failure?.kind }
        for kind in [SourceError.Kind.unreachable, .temporary, .credentials]
        where !kinds.isEmpty && kinds.allSatisfy({ $0 == kind }) {
            switch kind {
            case .unreachable: return [.unreachable]
            case .temporary: return [.temporary]
            default: return [.credentials]
            }
        }
        return nil
    }

    private var unseen: [String] {
        words
            + walks.flatMap { walk -> [String] in
                let failure = walk.failure.map { "\(walk.name): \($0.words)" }
                let blind =
                    walk.isBlind
                    ? "\(walk.name): the platform shows no bodies and no attachments; grant the "
                        + "app the scope mail:user_mailbox.message.body:read"
                    : nil
                return [failure, blind].compactMap { $0 }
                    + walk.unreadable.map { "\(walk.name): \($0.words)" }
            }
    }

    /// `source.listed` for every source that was walked.
    func listings(of summary: RunSummary, _ settings: SyncSettings) -> [AuditEvent] {
        zip(walks, summary.sources).map { walk, source in
            var record: JSONObject = [
                "source": .integer(walk.number), "complete": .bool(source.isComplete),
                "restricted": .bool(settings.isRestricted),
            ]
            record.append("counts", .object(RunSummary.counts(source.tally)))
            var hidden: JSONObject = [
                "folders": .array((walk.coverage?.walked ?? []).map { .string($0.id.rawValue) })
            ]
            if let failure = walk.failure { hidden.append("error", .string(failure.detail)) }
            if !walk.unreadable.isEmpty {
                hidden.append("unreadable", .array(walk.unreadable.map { .string($0.detail) }))
            }
            return AuditEvent(.sourceListed, record, hidden: hidden)
        }
    }
}

extension WalkReport {
    fileprivate var conditions: Set<Condition> {
        var conditions: Set<Condition> = []
        if isBlind { conditions.insert(.blind) }
        if let failure { conditions.insert(failure.kind.condition) }
        return conditions.union(unreadable.map(\.kind.partCondition))
    }
}

extension SourceError {
    /// What happened and what to do about it, in one line.
    var words: String { detail + (hint.map { "; \($0)" } ?? "") }
}

extension SourceError.Kind {
    var condition: Condition {
        switch self {
        case .credentials: .credentials
        case .forbidden: .sourceForbidden
        case .gone: .sourceGone
        case .quota: .quota
        case .unreachable, .temporary, .incomplete: .walkIncomplete
        }
    }

    /// The condition of a source of which only a part is out of sight.
    var partCondition: Condition { self == .gone ? .walkIncomplete : condition }
}

extension AuditEvent {
    static func finished(_ summary: RunSummary) -> AuditEvent {
        AuditEvent(
            .runFinished,
            [
                "outcome": .string(summary.outcome),
                "exit_code": .integer(Int64(summary.exitCode.rawValue)),
                "conditions": .array(summary.conditionWords.map(JSON.string)),
                "totals": .object(RunSummary.counts(summary.totals)),
            ],
            hidden: ["summary": summary.json]
        )
    }
}
