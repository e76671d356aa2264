import LarkiveCore

/// A run's summary in words.
struct SyncReport {
    let summary: RunSummary

    /// What a person at a terminal reads.
    var lines: [String] {
        let seconds = summary.finished.seconds(since: summary.started)
        return [
            "run \(summary.run): \(summary.outcome) after \(Figures.duration(seconds))"
        ]
            + summary.sources.map { "  \($0.name): \(Self.counts($0.tally))" + (Self.mark($0)) }
            + [
                "  in all: \(Self.counts(summary.totals))",
                "  \(Figures.bytes(summary.figures.bytesDownloaded)) downloaded, "
                    + "\(Figures.count(summary.figures.objectsAdded, "object", "objects")) added, "
                    + "\(Figures.count(summary.figures.linkCalls, "link call", "link calls"))",
            ]
    }

    private static func mark(_ source: SourceSummary) -> String {
        (source.vanished > 0 ? "; \(source.vanished) vanished in Feishu" : "")
            + (source.isComplete ? "" : " - not complete")
    }

    private static func counts(_ tally: Tally) -> String {
        var parts = ["\(tally.known) known", "\(tally.archived) archived"]
        if tally.adopted > 0 { parts[1] += " (\(tally.adopted) adopted)" }
        if tally.failed > 0 { parts.append("\(tally.failed) failed") }
        if tally.skippedInAll > 0 { parts.append("\(tally.skippedInAll) skipped") }
        if tally.pending > 0 { parts.append("\(tally.pending) pending") }
        return "\(tally.listed) listed = " + parts.joined(separator: " + ")
    }

    /// What anybody must know even from cron: why a run is not complete, and what will be needed.
    var complaint: [String] { incompleteness + summary.warnings }

    /// What kept every source from giving anything is told once; the summary names them all.
    private var causes: [String] {
        let others = summary.sources.count - 1
        let isOne =
            others > 0 && summary.conditions.count == 1
            && summary.sources.allSatisfy { $0.failure != nil && $0.tally == Tally() }
        guard isOne, let first = summary.unseen.first else { return summary.unseen }
        return [
            first,
            "and \(Figures.count(Int64(others), "other source", "other sources")) likewise",
        ]
    }

    /// Whether unread messages stand in the ledger; those that were never tried do not.
    private var hasUnreadItems: Bool { summary.conditions.contains(.messageUnread) }

    /// One paragraph: cause and next step.
    private var incompleteness: [String] {
        guard summary.exitCode != .complete else { return [] }
        let words = summary.conditionWords.joined(separator: ", ")
        var lines = [
            "the archive is not complete: \(words.isEmpty ? summary.outcome : words) "
                + "(exit \(summary.exitCode.rawValue))"
        ]
        lines += causes
        let (unread, isKnown) = (summary.totals.messages.unread, hasUnreadItems)
        let failed = summary.totals.failed + (isKnown ? unread : 0)
        if unread > 0, !isKnown {
            lines.append(
                "\(Figures.count(unread, "message was", "messages were")) not read in this run"
            )
        }
        if failed > 0 {
            lines.append(
                "\(Figures.count(failed, "item is", "items are")) not archived; "
                    + "see why and what to do: larkive problems"
            )
        }
        if summary.totals.pending > 0 {
            lines.append(
                "\(Figures.count(summary.totals.pending, "attachment waits", "attachments wait")) "
                    + "for the next run"
            )
        }
        return lines
    }
}
