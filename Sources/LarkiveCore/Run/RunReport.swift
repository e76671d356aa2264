/// What the parts of a run have found out, before it is summed up.
struct RunReport: Sendable {
    struct Tallies: Sendable {
        var sources: [SourceName: Tally] = [:]
        var total = Tally()
        /// Attachments of the whole archive that vanished before they could be brought.
        var lost: Int64 = 0
        var damage = Damage()
    }

    var walks: [WalkReport] = []
    var tallies = Tallies()
    var figures = RunFigures()
    /// What ended the run before its work was done.
    var cause: StopCause?
    /// What was out of sight before any walk began.
    private let blindSpots: [SourceError]
    private let warnings: [String]
    private var failures: [RunFailure] = []
    /// Errors that have no name here.
    private var others: [String] = []
    /// Whether records are in the log that the manifest could not take.
    private(set) var isManifestBehind = false

    /// Whether the archive itself could not be used.
    var hasFailed: Bool { !fatal.isEmpty }

    init(_ settings: SyncSettings) {
        blindSpots = settings.unseen
        warnings = settings.warnings
    }

    private var signal: ExitCode? {
        if case .signal(let code) = cause { code } else { nil }
    }

    /// Notes an error that ended the run.
    mutating func note(_ error: any Error) {
        switch error {
        case let failure as RunFailure:
            failures.append(failure)
            if case .manifest = failure { isManifestBehind = true }
        case let failure as ManifestError: note(RunFailure.manifest(failure))
        case let failure as AuditError: note(RunFailure.audit(failure))
        case is CancellationError: break
        default: others.append("\(error)")
        }
    }

    private var fatal: Set<Condition> {
        Set(told.map(\.condition)).union(others.isEmpty ? [] : [.unclassified])
    }

    /// What a failing disk lets SQLite read says nothing of the manifest; the next run tells.
    private var told: [RunFailure] {
        guard failures.contains(where: { $0.condition == .notWritable }) else { return failures }
        return failures.filter { !$0.isMalformedManifest }
    }

    /// One fault of the disk is met by many, and told once.
    private var words: [String] {
        (told.map(\.detail) + others).reduce(into: []) { words, next in
            if !words.contains(next) { words.append(next) }
        }
    }

    func summary(run: RunID, started: Timestamp, finished: Timestamp) -> RunSummary {
        RunSummary(
            run: run,
            started: started,
            finished: finished,
            sources: sources,
            totals: counted(tallies.total),
            figures: figures,
            conditions: conditions,
            signal: signal,
            unseen: unseen,
            warnings: warnings + losses
        )
    }

    /// As that one, with what has been noted since.
    func summary(again former: RunSummary) -> RunSummary {
        summary(run: former.run, started: former.started, finished: former.finished)
    }

    /// Counts of a manifest that could not be written or read come from two places, and do not close.
    private func counted(_ tally: Tally) -> Tally { fatal.isEmpty ? tally : tally.closed }

    /// What can never be archived any more, said until somebody accepts it.
    private var losses: [String] {
        let unread = walks.map(\.lostUnread).reduce(0, +)
        return [
            tallies.lost > 0
                ? "\(tallies.lost) attachments vanished in Feishu before they could be archived; "
                    + "see which, and accept it: larkive problems" : nil,
            unread > 0 ? "\(unread) messages were deleted before they could be read" : nil,
            tallies.damage.damaged > 0
                ? "\(tallies.damage.damaged) objects are damaged; larkive repair heals what "
                    + "Feishu still has" : nil,
            tallies.damage.lost > 0
                ? "\(tallies.damage.lost) objects are lost; see which, and accept it: larkive problems"
                : nil,
            tallies.damage.accepted > 0
                ? "\(tallies.damage.accepted) objects are lost, which was accepted" : nil,
        ].compactMap { $0 }
    }

    private var sources: [SourceSummary] {
        walks.map {
            SourceSummary(
                name: $0.name,
                tally: counted(tallies.sources[$0.name] ?? Tally()),
                examinedNow: $0.examinedNow,
                vanished: $0.vanished,
                failure: $0.failure,
                unreadable: $0.unreadable,
                isBlind: $0.isBlind,
                broken: $0.broken
            )
        }
    }

    private var conditions: Set<Condition> {
        var conditions = fatal.union(hasWorkLeft ? cause?.conditions ?? [] : [])
        conditions.formUnion(blindSpots.compactMap(\.kind.partCondition))
        for walk in walks { conditions.formUnion(walk.conditions) }
        let total = tallies.total
        if total.failed > 0 { conditions.insert(.itemsFailed) }
        // A blind source or a stopped walk has unread messages, and says so by its own condition.
        let isCut = walks.contains { $0.isBlind || $0.failure != nil }
        if total.messages.unread > 0, !isCut, fatal.isEmpty { conditions.insert(.messageUnread) }
        if total.pending > 0, !isCut, cause == nil, fatal.isEmpty {
            conditions.insert(.equationOpen)
        }
        if fatal.isEmpty, !([total] + tallies.sources.values).allSatisfy(\.closes) {
            conditions.insert(.equationOpen)
        }
        return (nothingStarted ?? conditions).union(damage)
    }

    /// Objects of earlier runs that are not what they were.
    private var damage: Set<Condition> {
        var conditions: Set<Condition> = []
        if tallies.damage.damaged > 0 { conditions.insert(.damaged) }
        if tallies.damage.lost > 0 { conditions.insert(.lost) }
        return conditions
    }

    /// A bound that was met by the last piece of work has kept nothing back.
    private var hasWorkLeft: Bool {
        guard case .limit = cause else { return true }
        return tallies.total.pending > 0 || walks.contains { $0.failure?.kind == .stopped }
    }

    /// A run in which no source gave anything has one cause, not many.
    ///
    /// A walk that broke off after its first pages has given something.
    private var nothingStarted: Set<Condition>? {
        guard tallies.total.listed == 0, tallies.total.messages.listed == 0 else { return nil }
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
        words + (hasWorkLeft ? [cause?.words].compactMap { $0 } : []) + blindSpots.map(\.words)
            + walks.flatMap { walk in walk.unseen.map { "\(walk.name): \($0)" } }
    }

    /// `source.listed` for every source that was walked.
    func listings(of summary: RunSummary, _ settings: SyncSettings) -> [AuditEvent] {
        zip(walks, summary.sources).filter(\.0.isBegun).map { walk, source in
            var record: JSONObject = [
                "source": .integer(walk.number), "complete": .bool(source.isComplete),
                "restricted": .bool(settings.isRestricted),
            ]
            record.append("counts", .object(RunSummary.counts(source.tally)))
            record.append("coverage", .object(walk.coverageCounts))
            record.append("blind", .bool(walk.isBlind))
            var hidden = walk.coverageNames
            if let failure = walk.failure { hidden.append("error", .string(failure.detail)) }
            if !walk.unreadable.isEmpty {
                hidden.append("unreadable", .array(walk.unreadable.map { .string($0.detail) }))
            }
            return AuditEvent(.sourceListed, record, hidden: hidden)
        }
    }
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
