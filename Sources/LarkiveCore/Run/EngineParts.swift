/// What a run is told.
package struct SyncSettings: Sendable {
    package let run: RunID
    package let sources: [SourceName]
    package let isRestricted: Bool
    package let inlineImages: Bool
    package let folders: FolderChoice
    /// Downloads at once.
    package let parallel: Int
    package let limits: RunLimits
    /// Sources whose losses are believed this time, however large.
    package let acceptedLosses: Set<SourceName>
    /// What was out of sight before any walk began: mailboxes that could not be looked for.
    package let unseen: [SourceError]
    /// What somebody should do soon, in words; keeps no run from being complete.
    package let warnings: [String]
    /// `run.started`, and `run.recovered` before it where an earlier run died.
    package let openingEvents: [AuditEvent]

    package init(
        run: RunID,
        sources: [SourceName],
        isRestricted: Bool,
        inlineImages: Bool,
        folders: FolderChoice = .all,
        parallel: Int,
        limits: RunLimits = RunLimits(),
        acceptedLosses: Set<SourceName> = [],
        unseen: [SourceError] = [],
        warnings: [String] = [],
        openingEvents: [AuditEvent]
    ) {
        self.run = run
        self.sources = sources
        self.isRestricted = isRestricted
        self.inlineImages = inlineImages
        self.folders = folders
        self.parallel = parallel
        self.limits = limits
        self.acceptedLosses = acceptedLosses
        self.unseen = unseen
        self.warnings = warnings
        self.openingEvents = openingEvents
    }
}

/// What a run works with.
package struct EngineParts: Sendable {
    package typealias Memory = Manifest & KnownItems & WorkList & WalkTally & Absences

    let mail: any MailSource
    let tasks: any TaskSource
    let fetcher: any AttachmentFetcher
    let store: any ObjectStore
    let audit: any AuditLog
    let manifest: any Memory
    let observer: any RunObserver
    let clock: any WallClock
    /// Makes records of the events that other commands have left: now and then during the run, and
    /// before its end is recorded.
    let takeInbox: @Sendable () async throws -> Void
    /// Link calls and seconds of throttling so far.
    let costs: @Sendable () -> RunFigures
    /// Why copies of the newest note could not be kept, asked when everything is sealed.
    let copyFailures: @Sendable () async -> Set<String>

    package init(
        mail: any MailSource,
        tasks: any TaskSource,
        fetcher: any AttachmentFetcher,
        store: any ObjectStore,
        audit: any AuditLog,
        manifest: any Memory,
        observer: any RunObserver,
        clock: any WallClock,
        takeInbox: @escaping @Sendable () async throws -> Void,
        costs: @escaping @Sendable () -> RunFigures,
        copyFailures: @escaping @Sendable () async -> Set<String> = { [] }
    ) {
        self.mail = mail
        self.tasks = tasks
        self.fetcher = fetcher
        self.store = store
        self.audit = audit
        self.manifest = manifest
        self.observer = observer
        self.clock = clock
        self.takeInbox = takeInbox
        self.costs = costs
        self.copyFailures = copyFailures
    }
}
