/// What one walk found out, apart from what it recorded.
package struct WalkReport: Sendable {
    package let name: SourceName
    package let number: Int64
    package var examinedNow: Int64 = 0
    package var failure: SourceError?
    package var unreadable: [SourceError] = []
    package var isBlind = false
    package var coverage: MailCoverage?
}

/// Walks all sources, a few at once; one that fails does not stop the others.
struct Walks {
    let names: [SourceName]
    let numbers: [SourceName: Int64]
    let atOnce: Int
    let parts: WalkParts

    /// Throws only when the archive itself fails.
    func run() async throws -> [WalkReport] {
        try await withThrowingTaskGroup(of: [WalkReport].self) { group in
            var (waiting, reports) = (turns[...], [WalkReport]())
            for _ in 0..<atOnce { begin(&waiting, in: &group) }
            while let some = try await group.next() {
                reports += some
                begin(&waiting, in: &group)
            }
            return reports.sorted { $0.number < $1.number }
        }
    }

    /// Mailboxes share nothing; a task may hang in several lists, so that lists are walked one
    /// after the other: what one has recorded is known to the next.
    private var turns: [[SourceName]] {
        let mail = names.filter(\.isMail)
        let tasks = names.filter { !$0.isMail }
        return (tasks.isEmpty ? [] : [tasks]) + mail.map { [$0] }
    }

    private func begin(
        _ waiting: inout ArraySlice<[SourceName]>,
        in group: inout ThrowingTaskGroup<[WalkReport], any Error>
    ) {
        guard let turn = waiting.popFirst() else { return }
        group.addTask {
            var reports: [WalkReport] = []
            for name in turn {
                if let number = numbers[name] { reports.append(try await walk(name, number)) }
            }
            return reports
        }
    }

    private func walk(_ name: SourceName, _ number: Int64) async throws -> WalkReport {
        var report = WalkReport(name: name, number: number)
        parts.observer.observe(.sourceBegun(name))
        do {
            try await walk(name, &report)
        } catch let failure as SourceError {
            report.failure = failure
        } catch is CancellationError {
            report.failure = SourceError(.incomplete, "the run was stopped")
        }
        parts.observer.observe(.sourceEnded(name, report.failure))
        return report
    }

    private func walk(_ name: SourceName, _ report: inout WalkReport) async throws {
        switch name {
        case .mail(let mailbox):
            let walk = MailWalk(mailbox: mailbox, source: report.number, parts: parts)
            let findings = try await walk.run()
            report.examinedNow = Int64(findings.examinedNow.count)
            report.unreadable = findings.unreadable
            report.isBlind = findings.isBlind
            report.coverage = findings.coverage
        case .tasklist(let list):
            report.unreadable = try await walk(.tasklist(list), report.number)
        case .task(let task):
            report.unreadable = try await walk(.task(task), report.number)
        case .myTasks: report.unreadable = try await walk(.myTasks, report.number)
        }
    }

    private func walk(_ root: TaskRoot, _ number: Int64) async throws -> [SourceError] {
        try await TaskWalk(root: root, source: number, parts: parts).run()
    }
}
