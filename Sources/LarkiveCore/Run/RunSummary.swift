/// What one run saw and did.
package struct RunSummary: Sendable {
    package let run: RunID
    package let started: Timestamp
    package let finished: Timestamp
    package let sources: [SourceSummary]
    package let totals: Tally
    package let figures: RunFigures
    package let conditions: Set<Condition>
    package let signal: ExitCode?
    /// What could not be seen or done, in words, by name.
    package let unseen: [String]
    /// What somebody should do soon.
    package let warnings: [String]

    package var exitCode: ExitCode { .deciding(conditions, signal: signal) }

    package var outcome: String {
        if signal != nil { return "interrupted" }
        switch exitCode {
        case .complete: return "complete"
        case .limit: return "limited"
        case .partial: return "partial"
        default: return sources.contains(where: \.isComplete) ? "partial" : "failed"
        }
    }

    /// The run is as complete as before; somebody should know all the same.
    func with(copyFailures: Set<String>) -> RunSummary {
        guard !copyFailures.isEmpty else { return self }
        return with(
            .copyFailed,
            warnings: copyFailures.sorted().map { "the newest note could not be copied: \($0)" }
        )
    }

    /// The same after something failed that came behind the recorded end: the archive is as complete
    /// as before, and whoever reads the exit code learns of the disk.
    package func with(_ failure: RunFailure) -> RunSummary {
        with(failure.condition, unseen: [failure.detail])
    }

    private func with(
        _ condition: Condition,
        unseen more: [String] = [],
        warnings others: [String] = []
    ) -> RunSummary {
        RunSummary(
            run: run,
            started: started,
            finished: finished,
            sources: sources,
            totals: totals,
            figures: figures,
            conditions: conditions.union([condition]),
            signal: signal,
            unseen: unseen + more,
            warnings: warnings + others
        )
    }

    package var conditionWords: [String] { conditions.map(\.rawValue).sorted() }
}

package struct SourceSummary: Sendable {
    package let name: SourceName
    package let tally: Tally
    package let examinedNow: Int64
    package let vanished: Int64
    /// Why the walk did not reach its end; nil when it did.
    package let failure: SourceError?
    /// What was left out of a walk that reached its end.
    package let unreadable: [SourceError]
    package let isBlind: Bool
    package let broken: BrokenListing?

    package var isComplete: Bool {
        failure == nil && unreadable.isEmpty && !isBlind && broken == nil && tally.failed == 0
            && tally.pending == 0 && tally.messages.unread == 0 && tally.closes
    }
}

/// Costs of a run.
package struct RunFigures: Hashable, Sendable {
    package var bytesDownloaded: Int64 = 0
    package var objectsAdded: Int64 = 0
    package var linkCalls: Int64 = 0
    package var throttledSeconds: Double = 0

    package init() {}
}

extension RunSummary {
    /// The object of `sync --json`; its shape is promised in docs/operating.md.
    package var json: JSON {
        var totals = Self.counts(totals)
        totals.append("bytes_downloaded", .integer(figures.bytesDownloaded))
        totals.append("objects_added", .integer(figures.objectsAdded))
        totals.append("link_calls", .integer(figures.linkCalls))
        totals.append("throttled_seconds", .integer(Int64(figures.throttledSeconds.rounded(.up))))
        return .object([
            "run": .string(run.rawValue), "started": .string(started.description),
            "finished": .string(finished.description), "outcome": .string(outcome),
            "exit_code": .integer(Int64(exitCode.rawValue)),
            "conditions": .array(conditionWords.map(JSON.string)),
            "sources": .array(sources.map(\.json)), "totals": .object(totals),
            "unseen": .array(unseen.map(JSON.string)),
            "warnings": .array(warnings.map(JSON.string)),
        ])
    }

    package static func counts(_ tally: Tally) -> JSONObject {
        [
            "listed": .integer(tally.listed), "known": .integer(tally.known),
            "archived": .integer(tally.archived), "downloaded": .integer(tally.downloaded),
            "adopted": .integer(tally.adopted), "failed": .integer(tally.failed),
            "skipped": .integer(tally.skippedInAll),
            "skipped_by_rule": .object(
                JSONObject(
                    tally.skipped.sorted { $0.key < $1.key }
                        .map { JSONObject.Member(name: $0.key, value: .integer($0.value)) }
                )
            ),
            "pending": .integer(tally.pending),
        ]
    }
}

extension SourceSummary {
    package var json: JSON {
        var object = JSONObject([
            JSONObject.Member(name: "source", value: .string(name.description)),
            JSONObject.Member(name: "complete", value: .bool(isComplete)),
        ])
        for member in RunSummary.counts(tally).members { object.append(member.name, member.value) }
        object.append("messages", .object(messages))
        object.append("vanished", .integer(vanished))
        object.append("blind", .bool(isBlind))
        if let failure { object.append("error", .string(failure.detail)) }
        return .object(object)
    }

    private var messages: JSONObject {
        [
            "examined_before": .integer(tally.messages.examined - examinedNow),
            "examined_now": .integer(examinedNow), "gone": .integer(tally.messages.gone),
            "unread": .integer(tally.messages.unread),
        ]
    }
}
