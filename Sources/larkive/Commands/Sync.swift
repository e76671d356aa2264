import ArgumentParser
import Glibc
import LarkiveCore
import LarkiveFeishu
import LarkiveVault

struct Sync: AsyncParsableCommand, Sandboxed, StopsCleanly {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Walk the sources and archive what is new.",
        discussion: """
            Silent from cron when all is well. Ends with 0 only when everything that the sources \
            list is in the archive.
            """
    )

    @OptionGroup var options: CommonOptions
    @Flag(help: "Show what a run would do; take no lock and write nothing.") var dryRun = false
    @Flag(help: "Print the summary as one JSON object.") var json = false
    @Option(help: "Only this source, like mail:a@corp.example; may be given several times.")
    var source: [String] = []
    @Option(
        help: ArgumentHelp(
            "Believe that this source has lost more than half of its attachments.",
            valueName: "source"
        )
    )
    var acceptVanish: [String] = []
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @Option(
        help: ArgumentHelp("Write the digest of each committed file to it.", visibility: .hidden)
    )
    var ackFd: Int32?

    func validate() throws {
        // A number that is not open would soon be a file of the archive.
        if let ackFd, fcntl(ackFd, F_GETFD) == -1 {
            throw ValidationError("--ack-fd \(ackFd) is not open")
        }
        if !source.isEmpty, !acceptVanish.isEmpty {
            throw ValidationError(
                "--accept-vanish needs a run over all sources: a run with --source concludes nothing"
            )
        }
    }

    func run() async throws {
        let stoppable = Stoppable()
        Signals().watch(stoppable.stop)
        let world = try World.live(options)
        try await world.withConnection { connection in
            if dryRun {
                let (watched, sources) = try await sources(world, connection)
                return try await plan(world, watched, sources, connection)
            }
            try await sync(world, connection, stoppable)
        }
    }

    private func sources(
        _ world: World,
        _ connection: FeishuConnection
    ) async throws -> (WatchedSources, [SourceName]) {
        let watched = try await world.sources(connection)
        let sources = try watched.chosen(source) ?? watched.names
        guard !sources.isEmpty || !watched.discovery.failures.isEmpty else {
            throw UsageError(
                "nothing to archive: no mailboxes, tasklists or tasks in \(world.configPath)",
                hint: "add addresses to `mail.mailboxes` or guids to `tasks.tasklists`"
            )
        }
        return (watched, sources)
    }

    private func sync(
        _ world: World,
        _ connection: FeishuConnection,
        _ stoppable: Stoppable
    ) async throws {
        let run = world.newRun()
        let vault = try await opened(world, run)
        defer { vault.cleanUp() }
        let (watched, sources) = try await sources(world, connection)
        let progress = ProgressLine(
            isVisible: Terminal.errorIsTerminal && !json,
            sources: sources.count,
            linkCallsMade: { connection.costs().linkCalls }
        )
        let engine = try SyncEngine(
            settings: try settings(world, vault, run, watched, sources),
            parts: parts(connection, vault, told(progress), world.clock)
        )
        stoppable.set { code in Task { await engine.stop(.signal(code)) } }
        let timer = timer(engine)
        var summary = await engine.run()
        timer?.cancel()
        progress.clear()
        if let failure = tidy(vault, after: summary, stoppable) {
            summary = summary.with(.manifest(failure))
        }
        // Output that is lost ends the program at once.
        vault.cleanUp()
        show(summary)
        if summary.exitCode != .complete { throw Stop(code: summary.exitCode) }
    }

    /// What is asked for is done: a signal ends this between two steps, and the run as it was.
    private func tidy(
        _ vault: Vault,
        after summary: RunSummary,
        _ stoppable: Stoppable
    ) -> ManifestError? {
        guard summary.exitCode == .complete else { return nil }
        let stopped = StopMark()
        stoppable.set { _ in stopped.raise() }
        return vault.tidySearchIndex { !stopped.isRaised }
    }

    private func told(_ progress: ProgressLine) -> any RunObserver {
        guard let ackFd else { return progress }
        return Acknowledgements(descriptor: ackFd, next: progress)
    }

    /// Ends the run on time, also while it waits for an answer.
    private func timer(_ engine: SyncEngine) -> Task<Void, any Error>? {
        guard let span = limits.maxDuration else { return nil }
        return Task {
            try await Task.sleep(for: .seconds(span.seconds))
            await engine.stop(.limit("--max-duration is over"))
        }
    }

    private func settings(
        _ world: World,
        _ vault: Vault,
        _ run: RunID,
        _ watched: WatchedSources,
        _ sources: [SourceName]
    ) throws -> SyncSettings {
        let identity = try vault.fixBrand(world.config.brand)
        var events: [AuditEvent] = []
        if let recovery = vault.recovery { events.append(.recovered(recovery)) }
        events.append(
            AuditEvent(
                .runStarted,
                [
                    "archive_sha256": .string(identity.digest.hex),
                    "restricted": .bool(!source.isEmpty),
                    "accept_vanish": JSON(acceptVanish.count),
                ],
                hidden: [
                    "actor": .object(world.actor),
                    "app_id": .string(world.config.feishu.appID),
                    "base_url": .string(world.config.feishu.baseURL),
                    "sources": .array(sources.map { .string($0.description) }),
                    "left_out": watched.leftOut,
                ]
            )
        )
        return SyncSettings(
            run: run,
            sources: sources,
            isRestricted: !source.isEmpty,
            inlineImages: world.config.inlineImages,
            folders: world.config.folders,
            parallel: world.config.parallel,
            limits: limits.limits(from: world.clock.now()),
            acceptedLosses: Set(try watched.chosen(acceptVanish) ?? []),
            unseen: source.isEmpty ? watched.discovery.failures : [],
            warnings: [try world.consent()?.warning].compactMap { $0 },
            openingEvents: events
        )
    }

    private func parts(
        _ connection: FeishuConnection,
        _ vault: Vault,
        _ observer: any RunObserver,
        _ clock: any WallClock
    ) -> EngineParts {
        EngineParts(
            mail: connection.mail,
            tasks: connection.tasks,
            fetcher: connection.fetcher,
            store: vault.objects,
            audit: vault.journal,
            manifest: vault.manifest,
            observer: observer,
            clock: clock,
            takeInbox: { try await vault.emptyInbox() },
            costs: { connection.costs() },
            copyFailures: { await vault.journal.copyFailures }
        )
    }

    private func show(_ summary: RunSummary) {
        let report = SyncReport(summary: summary)
        if json {
            Terminal.print(summary.json)
        } else if Terminal.outputIsTerminal {
            for line in report.lines { Terminal.print(line.shown) }
        }
        for line in report.complaint { Terminal.note(line.shown) }
    }
}
