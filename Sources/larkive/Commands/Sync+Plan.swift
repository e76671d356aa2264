import ArgumentParser
import LarkiveCore
import LarkiveFeishu
import LarkiveVault

/// `--dry-run`: what a run would do, without writing anything.
extension Sync {
    func plan(
        _ world: World,
        _ watched: WatchedSources,
        _ sources: [SourceName],
        _ connection: FeishuConnection
    ) async throws {
        let vault = try world.reading()
        let settings = SyncSettings(
            run: world.newRun(),
            sources: sources,
            isRestricted: !source.isEmpty,
            inlineImages: world.config.inlineImages,
            folders: world.config.folders,
            parallel: 1,
            openingEvents: []
        )
        let manifest = PlanningMemory(vault.manifest)
        let plan = try await SyncEngine(
            settings: settings,
            parts: EngineParts(
                mail: connection.mail,
                tasks: connection.tasks,
                fetcher: connection.fetcher,
                store: NothingStored(),
                audit: NothingLogged(),
                manifest: manifest,
                observer: ProgressLine(isVisible: false, sources: sources.count),
                clock: world.clock,
                takeInbox: {},
                costs: { connection.costs() }
            )
        ).plan()
        show(
            PlanReport(
                plan: plan,
                calls: connection.estimate(mailLinkCalls: plan.mailLinkCalls)
            )
        )
        let failures = watched.discovery.failures + plan.walks.compactMap(\.failure)
        for failure in failures { Terminal.complain(failure.detail, hint: failure.hint) }
        if let first = failures.first { throw Stop(code: first.exitCode) }
    }

    private func show(_ report: PlanReport) {
        if json { return Terminal.print(report.json) }
        for line in report.lines { Terminal.print(line.shown) }
    }
}
