/// Conducts one run: source, plan, fetch, store, audit, manifest.
///
/// Walking, link minting and downloading overlap; the closing equation is counted from both sides
/// when all of them have ended.
package struct SyncEngine: Sendable {
    private let settings: SyncSettings
    private let parts: EngineParts
    private let committer: Committer
    private let account: RunAccount

    package init(settings: SyncSettings, parts: EngineParts) throws(ManifestError) {
        self.settings = settings
        self.parts = parts
        committer = try Committer(
            store: parts.store,
            audit: parts.audit,
            manifest: parts.manifest,
            inbox: InboxRounds(clock: parts.clock, take: parts.takeInbox)
        )
        account = RunAccount(limits: settings.limits, clock: parts.clock)
    }

    /// Ends the run early and cleanly: what was accepted is sealed, what is open waits.
    package func stop(_ cause: StopCause) async { await account.stop(cause) }

    /// Runs to the end, or until it is stopped; what was accepted is sealed.
    ///
    /// Never throws: whatever happens is a condition of the summary.
    package func run() async -> RunSummary {
        let started = parts.clock.now()
        var report = RunReport(settings)
        do {
            try await committer.record(settings.openingEvents)
            report.walks = try await pipeline()
        } catch { report.note(error) }
        do {
            report.tallies = try tallies(of: report)
        } catch {
            // A disk that failed has been told of already; what it gives now says nothing.
            if !report.hasFailed { report.note(error) }
        }
        report.cause = await account.cause
        report.figures = await figures()
        let summary = report.summary(
            run: settings.run,
            started: started,
            finished: parts.clock.now()
        )
        return await end(summary, report)
    }

    private func numbers() async throws -> Numbers {
        var numbers = try parts.manifest.numbers()
        for name in settings.sources {
            numbers.sources[name] = try await committer.number(of: name)
        }
        return numbers
    }

    private func pipeline() async throws -> [WalkReport] {
        let numbers = try await numbers()
        let named = settings.sources.compactMap { name in
            numbers.sources[name].map { (isMail: name.isMail, number: $0) }
        }
        let backlog = Backlog(
            work: parts.manifest,
            mail: named.filter(\.isMail).map(\.number),
            tasks: named.filter { !$0.isMail }.map(\.number),
            clock: parts.clock
        )
        let walks = Walks(
            names: settings.sources,
            numbers: numbers,
            parts: walkParts(committer, backlog)
        )
        let work = FetchCrew(settings, parts, committer, account, backlog)
        return try await RunPipeline(walks: walks, crew: work, backlog: backlog, account: account)
            .run()
    }

    private func walkParts(_ recorder: any Recorder, _ backlog: Backlog?) -> WalkParts {
        WalkParts(
            mail: parts.mail,
            tasks: parts.tasks,
            memory: parts.manifest,
            recorder: recorder,
            scratches: backlog == nil ? nil : parts.store,
            backlog: backlog,
            account: account,
            observer: parts.observer,
            clock: parts.clock,
            rules: WalkRules(
                inlineImages: settings.inlineImages,
                folders: settings.folders,
                mayConclude: backlog != nil && !settings.isRestricted,
                acceptedLosses: settings.acceptedLosses
            )
        )
    }

    private func tallies(of report: RunReport) throws -> RunReport.Tallies {
        var sources: [SourceName: Tally] = [:]
        for walk in report.walks {
            sources[walk.name] = try parts.manifest.tally(of: walk.number, run: settings.run)
        }
        return RunReport.Tallies(
            sources: sources,
            total: try parts.manifest.tally(of: nil, run: settings.run),
            lost: try parts.manifest.lostCount(),
            damage: try parts.manifest.damage()
        )
    }

    private func figures() async -> RunFigures {
        var figures = parts.costs()
        figures.bytesDownloaded = await account.bytesDownloaded
        figures.objectsAdded = await committer.objectsAdded
        return figures
    }

    /// Records the end, seals and signs; an end that cannot be recorded is a condition itself.
    private func end(_ summary: RunSummary, _ report: RunReport) async -> RunSummary {
        var (summary, report) = (summary, report)
        do {
            if !report.isManifestBehind { try await parts.takeInbox() }
        } catch {
            // A run whose log is fine has an end, whatever else is not.
            report.note(error)
            summary = report.summary(again: summary)
        }
        do {
            try await close(
                with: report.listings(of: summary, settings) + [.finished(summary)],
                folds: !report.isManifestBehind
            )
            return summary.with(copyFailures: await parts.copyFailures())
        } catch {
            report.note(error)
            return report.summary(again: summary)
        }
    }

    /// Goes past the committer, which may have failed for want of room: the reserve is for this.
    ///
    /// A manifest that lacks records takes no later ones; the next run folds them all.
    private func close(with events: [AuditEvent], folds: Bool) async throws(RunFailure) {
        let records: [AuditRecord]
        do {
            records = try await parts.audit.append(events)
        } catch { throw .audit(error) }
        var failure: ManifestError?
        do {
            if folds { try parts.manifest.apply(records) }
        } catch { failure = error }
        do {
            try await parts.audit.seal()
        } catch { throw .audit(error) }
        if let failure { throw .manifest(failure) }
    }

    /// What a run would do: walks and reads what is new, writes nothing.
    package func plan() async throws -> PlanSummary {
        let counter = PlanCounter(numbers: try parts.manifest.numbers())
        var numbers = try parts.manifest.numbers()
        for name in settings.sources { numbers.sources[name] = await counter.number(of: name) }
        let walks = Walks(
            names: settings.sources,
            numbers: numbers,
            parts: walkParts(counter, nil)
        )
        let reports = try await walks.run()
        let places = settings.sources.compactMap { numbers.sources[$0] }.sorted()
        var open: [WorkItem] = []
        for place in places {
            open += try parts.manifest.open(
                after: 0,
                limit: .max,
                from: place,
                of: places,
                at: parts.clock.now()
            )
        }
        return await counter.summary(reports, open: open)
    }
}
