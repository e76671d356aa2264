/// Counts what would be recorded, and records nothing: the recorder of a dry run.
actor PlanCounter: Recorder {
    private var numbers: Numbers
    private var mail = 0
    /// A task may hang in several lists; nothing is recorded, so each tells of it as new.
    private var tasks: Set<String> = []

    init(numbers: Numbers) { self.numbers = numbers }

    func number(of source: SourceName) -> Int64 {
        if let known = numbers.sources[source] { return known }
        numbers.lastSource += 1
        numbers.sources[source] = numbers.lastSource
        return numbers.lastSource
    }

    func record(
        _ staged: [Staged],
        numbering attachments: Int,
        _ events: @Sendable (Int64) -> [AuditEvent]
    ) {
        for event in events(0) {
            switch event.type {
            case .messagesExamined: mail += attachments
            case .tasksListed: tasks.formUnion(event.newTaskAttachments)
            default: break
            }
        }
    }

    func summary(_ walks: [WalkReport], open: Int) -> PlanSummary {
        PlanSummary(walks: walks, newAttachments: mail + tasks.count, openAttachments: open)
    }
}

extension AuditEvent {
    fileprivate var newTaskAttachments: [String] {
        (hidden["tasks"]?.array ?? []).flatMap { task in
            (task["attachments"]?.array ?? []).compactMap { item in
                guard item["number"] == nil, let guid = item["guid"]?.string else { return nil }
                return "\(task["guid"]?.string ?? "")/\(guid)"
            }
        }
    }
}

/// What a run would do.
package struct PlanSummary: Sendable {
    package let walks: [WalkReport]
    /// Attachments never seen before.
    package let newAttachments: Int
    /// Attachments known from earlier runs, not held, and due.
    package let openAttachments: Int
}

/// A memory that plans are made with: it answers, and forgets what a walk saw.
package struct PlanningMemory<Base: Manifest & KnownItems & WorkList>: Sendable {
    private let base: Base

    package init(_ base: Base) { self.base = base }
}

extension PlanningMemory: Manifest {
    package func apply(_ records: [AuditRecord]) throws(ManifestError) { try refuse() }
    package func rehearse(_ events: [AuditEvent]) throws(ManifestError) { try refuse() }
    package func numbers() throws(ManifestError) -> Numbers { try base.numbers() }

    private func refuse() throws(ManifestError) {
        throw ManifestError(.notWritable, "a dry run writes nothing")
    }
}

extension PlanningMemory: KnownItems {
    package func messages(
        _ ids: [Message.ID],
        in source: Int64
    ) throws(ManifestError) -> [Message.ID: KnownMessage] { try base.messages(ids, in: source) }

    package func attachments(
        of message: Message.ID,
        in source: Int64
    ) throws(ManifestError) -> [Attachment.ID: Int64] {
        try base.attachments(of: message, in: source)
    }

    package func task(
        _ id: TaskItem.ID,
        from source: Int64
    ) throws(ManifestError) -> KnownTask? { try base.task(id, from: source) }

    package func holder(
        of token: FileToken,
        size: Int64
    ) throws(ManifestError) -> Holder? { try base.holder(of: token, size: size) }
}

extension PlanningMemory: WorkList {
    package func open(
        after number: Int64,
        limit: Int,
        in sources: [Int64],
        at now: Timestamp
    ) throws(ManifestError) -> [WorkItem] {
        try base.open(after: number, limit: limit, in: sources, at: now)
    }

    package func open(_ number: Int64) throws(ManifestError) -> WorkItem? { try base.open(number) }
}

extension PlanningMemory: WalkTally {
    package func mark(_ messages: [Message.ID], in source: Int64) -> [Message.ID] { messages }
    package func mark(_ attachments: [AttachmentKey], in source: Int64) {}
    package func tally(of source: Int64?, run: RunID) -> Tally { Tally() }
}
