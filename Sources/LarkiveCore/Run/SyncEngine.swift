/// Conducts one run: source, plan, fetch, store, audit, manifest.
///
/// Walking, link minting and downloading overlap; the closing equation is counted from both sides
/// when all of them have ended.
package struct SyncEngine: Sendable {
    private static let walksAtOnce = 4

    private let settings: SyncSettings
    private let parts: EngineParts
    private let committer: Committer

    package init(settings: SyncSettings, parts: EngineParts) throws(ManifestError) {
        self.settings = settings
        self.parts = parts
        committer = try Committer(
            store: parts.store,
            audit: parts.audit,
            manifest: parts.manifest
        )
    }

    /// Runs to the end, or until the calling task is cancelled; what was accepted is sealed.
    ///
    /// Never throws: whatever happens is a condition of the summary. `signal` is asked at the end.
    package func run(signal: @Sendable () async -> ExitCode?) async -> RunSummary {
        let started = parts.clock.now()
        var report = RunReport()
        do {
            try await begin()
            report = try await pipeline()
        } catch { report.note(error) }
        do {
            report.tallies = try tallies(of: report)
        } catch { report.note(error) }
        report.signal = await signal()
        report.figures = await figures(report.bytesDownloaded)
        let summary = report.summary(
            run: settings.run,
            started: started,
            finished: parts.clock.now()
        )
        return await end(summary, report)
    }

    private func begin() async throws {
        try await committer.record(settings.openingEvents)
    }

    private func pipeline() async throws -> RunReport {
        var numbers: [SourceName: Int64] = [:]
        for name in settings.sources { numbers[name] = try await committer.number(of: name) }
        let backlog = Backlog(
            work: parts.manifest,
            sources: numbers.values.sorted(),
            clock: parts.clock
        )
        let figures = Figures()
        let walks = Walks(
            names: settings.sources,
            numbers: numbers,
            atOnce: Self.walksAtOnce,
            parts: walkParts(recorder: committer, backlog: backlog)
        )
        var report = try await withThrowingTaskGroup(of: [WalkReport].self) { group in
            group.addTask {
                do {
                    let reports = try await walks.run()
                    await backlog.walkEnded()
                    return reports
                } catch {
                    await backlog.stop()
                    throw error
                }
            }
            for _ in 0..<settings.parallel {
                group.addTask {
                    try await fetchWork(backlog, figures).run()
                    return []
                }
            }
            var reports: [WalkReport] = []
            for try await some in group { reports += some }
            return RunReport(walks: reports)
        }
        report.bytesDownloaded = await figures.bytesDownloaded
        return report
    }

    private func walkParts(recorder: any Recorder, backlog: Backlog?) -> WalkParts {
        WalkParts(
            mail: parts.mail,
            tasks: parts.tasks,
            known: parts.manifest,
            tally: parts.manifest,
            recorder: recorder,
            backlog: backlog,
            observer: parts.observer,
            clock: parts.clock,
            inlineImages: settings.inlineImages,
            folders: settings.folders
        )
    }

    private func fetchWork(_ backlog: Backlog, _ figures: Figures) -> FetchWork {
        FetchWork(
            backlog: backlog,
            fetcher: parts.fetcher,
            scratches: parts.store,
            known: parts.manifest,
            recorder: committer,
            observer: parts.observer,
            clock: parts.clock,
            figures: figures
        )
    }

    private func tallies(of report: RunReport) throws -> RunReport.Tallies {
        var sources: [SourceName: Tally] = [:]
        for walk in report.walks {
            sources[walk.name] = try parts.manifest.tally(of: walk.number, run: settings.run)
        }
        return RunReport.Tallies(
            sources: sources,
            total: try parts.manifest.tally(of: nil, run: settings.run)
        )
    }

    private func figures(_ bytes: Int64) async -> RunFigures {
        var figures = parts.costs()
        figures.bytesDownloaded = bytes
        figures.objectsAdded = await committer.objectsAdded
        return figures
    }

    /// Records the end, seals and signs; an end that cannot be recorded is a condition itself.
    private func end(_ summary: RunSummary, _ report: RunReport) async -> RunSummary {
        do {
            try await parts.beforeEnd()
            try await close(with: report.listings(of: summary, settings) + [.finished(summary)])
            return summary
        } catch {
            var report = report
            report.note(error)
            return report.summary(
                run: summary.run,
                started: summary.started,
                finished: summary.finished
            )
        }
    }

    /// Goes past the committer, which may have failed for want of room: the reserve is for this.
    private func close(with events: [AuditEvent]) async throws(RunFailure) {
        let records: [AuditRecord]
        do {
            records = try await parts.audit.append(events)
        } catch { throw .audit(error) }
        do {
            try parts.manifest.apply(records)
        } catch { throw .manifest(error) }
        do {
            try await parts.audit.seal()
        } catch { throw .audit(error) }
    }

    /// What a run would do: walks and reads what is new, writes nothing.
    package func plan() async throws -> PlanSummary {
        let counter = PlanCounter(numbers: try parts.manifest.numbers())
        var numbers: [SourceName: Int64] = [:]
        for name in settings.sources { numbers[name] = await counter.number(of: name) }
        let walks = Walks(
            names: settings.sources,
            numbers: numbers,
            atOnce: Self.walksAtOnce,
            parts: walkParts(recorder: counter, backlog: nil)
        )
        let reports = try await walks.run()
        let open = try parts.manifest.open(
            after: 0,
            limit: .max,
            in: numbers.values.sorted(),
            at: parts.clock.now()
        )
        return await counter.summary(reports, open: open.count)
    }
}
