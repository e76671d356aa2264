/// What one walk found out, apart from what it recorded.
package struct WalkReport: Sendable {
    package let name: SourceName
    package let number: Int64
    /// False when the run ended before its turn came.
    package var isBegun = false
    package var examinedNow: Int64 = 0
    package var vanished: Int64 = 0
    /// Messages that were deleted upstream before they could be read.
    package var lostUnread: Int64 = 0
    package var failure: SourceError?
    package var unreadable: [SourceError] = []
    package var isBlind = false
    package var broken: BrokenListing?
    package var hasReachedEnd = false
    /// Of a mailbox that was walked to its end.
    package var coverage: MailCoverage?

    package init(name: SourceName, number: Int64) {
        self.name = name
        self.number = number
    }

    /// Whether everything was seen that the source lists.
    var mayConclude: Bool { failure == nil && unreadable.isEmpty && hasReachedEnd }
}

/// Walks all sources, a few at once; one that fails does not stop the others.
///
/// Who waits longest for a walk goes first, so that runs which end early reach everybody in turn.
struct Walks {
    private static let mailboxesAtOnce = 4

    let names: [SourceName]
    let numbers: Numbers
    let parts: WalkParts

    /// Throws only when the archive itself fails.
    func run() async throws -> [WalkReport] {
        async let mail = run(turns(names.filter(\.isMail)), atOnce: Self.mailboxesAtOnce)
        // A task may hang in several lists: what one walk has recorded is known to the next.
        async let tasks = run(turns(names.filter { !$0.isMail }), atOnce: 1)
        return try await (mail + tasks).sorted { $0.number < $1.number }
    }

    /// Never walked before all others, then the one whose last walk is longest ago.
    func turns(_ names: [SourceName]) -> [SourceName] {
        names.enumerated().sorted { left, right in
            let times = [left, right].map { numbers.lastListed[$0.element]?.milliseconds ?? .min }
            return (times[0], left.offset) < (times[1], right.offset)
        }
        .map(\.element)
    }

    private func run(_ names: [SourceName], atOnce: Int) async throws -> [WalkReport] {
        try await withThrowingTaskGroup(of: WalkReport.self) { group in
            var (waiting, reports) = (names[...], [WalkReport]())
            for _ in 0..<atOnce { begin(&waiting, in: &group) }
            while let report = try await group.next() {
                reports.append(report)
                begin(&waiting, in: &group)
            }
            return reports
        }
    }

    private func begin(
        _ waiting: inout ArraySlice<SourceName>,
        in group: inout ThrowingTaskGroup<WalkReport, any Error>
    ) {
        guard let name = waiting.popFirst(), let number = numbers.sources[name] else { return }
        group.addTask { try await walk(name, number) }
    }

    private func walk(_ name: SourceName, _ number: Int64) async throws -> WalkReport {
        var report = WalkReport(name: name, number: number)
        do {
            try await parts.checkpoint()
            report.isBegun = true
            parts.observer.observe(.sourceBegun(name))
            try await walk(name, &report)
        } catch let failure as SourceError {
            report.failure = failure
            if failure.kind == .quota { await parts.account.stop(.quota) }
        } catch is CancellationError {
            report.failure = SourceError(.stopped, "the run ended before this walk did")
        }
        // A call that was interrupted says that it brought no answer, which is not the reason.
        if Task.isCancelled, report.failure?.kind == .incomplete {
            report.failure = SourceError(.stopped, "the run ended before this walk did")
        }
        if report.isBegun { parts.observer.observe(.sourceEnded(name, report.failure)) }
        return report
    }

    private func walk(_ name: SourceName, _ report: inout WalkReport) async throws {
        let number = report.number
        switch name {
        case .mail(let mailbox):
            let walk = MailWalk(mailbox: mailbox, source: number, name: name, parts: parts)
            try await walk.run(&report)
        case .tasklist(let list):
            try await TaskWalk(root: .tasklist(list), source: number, name: name, parts: parts)
                .run(&report)
        case .task(let task):
            try await TaskWalk(root: .task(task), source: number, name: name, parts: parts)
                .run(&report)
        case .myTasks:
            try await TaskWalk(root: .myTasks, source: number, name: name, parts: parts)
                .run(&report)
        }
    }
}
