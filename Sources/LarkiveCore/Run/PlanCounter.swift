/// Counts what would be recorded, and records nothing: the recorder of a dry run.
actor PlanCounter: Recorder {
    private var numbers: Numbers
    private var mail = 0
    /// Messages with new attachments: each needs a link call.
    private var linkCalls = 0
    private var bytes: Int64 = 0
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
            case .messagesExamined:
                mail += attachments
                linkCalls += event.newLinkCalls
            case .attachmentSkipped: mail -= 1
            case .attachmentWanted: mail += 1
            case .tasksListed: note(event.newTaskAttachments)
            default: break
            }
        }
    }

    private func note(_ uploads: [(key: String, size: Int64)]) {
        for upload in uploads where tasks.insert(upload.key).inserted { bytes += upload.size }
    }

    func summary(_ walks: [WalkReport], open: [WorkItem]) -> PlanSummary {
        let messages = Set(open.compactMap(\.messageName))
        let uploads = open.count { $0.messageName == nil }
        return PlanSummary(
            walks: walks,
            newAttachments: mail + tasks.count,
            openAttachments: open.count,
            knownBytes: bytes + open.compactMap(\.attachment.size).reduce(0, +),
            sizesUnknown: mail + open.count - uploads,
            mailLinkCalls: linkCalls + messages.count,
            uploads: tasks.count + uploads
        )
    }
}

extension WorkItem {
    /// What shares a link call.
    fileprivate var messageName: String? {
        guard case .mail(let mailbox, let message, _) = attachment.key else { return nil }
        return "\(mailbox)/\(message)"
    }
}

extension AuditEvent {
    fileprivate var newTaskAttachments: [(key: String, size: Int64)] {
        (hidden["tasks"]?.array ?? []).flatMap { task in
            (task["attachments"]?.array ?? []).compactMap { item in
                guard item["number"] == nil || item["version"] != nil,
                    let guid = item["guid"]?.string
                else { return nil }
                return ("\(task["guid"]?.string ?? "")/\(guid)", item["size"]?.integer ?? 0)
            }
        }
    }

    /// Messages with new attachments, 20 to a call.
    fileprivate var newLinkCalls: Int {
        (hidden["messages"]?.array ?? []).reduce(0) { calls, message in
            let fresh = (message["attachments"]?.array ?? []).count { $0["number"] == nil }
            return calls + (fresh + 19) / 20
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
    /// Bytes of those whose size the platform declares: tasks do, mail does not.
    package let knownBytes: Int64
    package let sizesUnknown: Int
    /// Calls for links of mail: one for up to 20 attachments of a message.
    package let mailLinkCalls: Int
    /// Attachments of tasks to download.
    package let uploads: Int
}

/// A memory that plans are made with: it answers, and forgets what a walk saw.
package struct PlanningMemory<Base: Manifest & KnownItems & WorkList & Absences>: Sendable {
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

    package func vanished(
        of message: Message.ID,
        in source: Int64
    ) throws(ManifestError) -> [Int64] { try base.vanished(of: message, in: source) }

    package func witnesses(
        in source: Int64,
        limit: Int
    ) throws(ManifestError) -> [Witness] { try base.witnesses(in: source, limit: limit) }

    package func skipped(by rule: String, in source: Int64) throws(ManifestError) -> [Int64] {
        try base.skipped(by: rule, in: source)
    }

    package func task(
        _ id: TaskItem.ID,
        from source: Int64
    ) throws(ManifestError) -> KnownTask? { try base.task(id, from: source) }

    package func isDamaged(_ digest: ContentDigest) throws(ManifestError) -> Bool {
        try base.isDamaged(digest)
    }

    package func holder(
        of token: FileToken,
        size: Int64
    ) throws(ManifestError) -> Holder? { try base.holder(of: token, size: size) }
}

extension PlanningMemory: WorkList {
    package func open(
        after number: Int64,
        limit: Int,
        from source: Int64,
        of sources: [Int64],
        at now: Timestamp
    ) throws(ManifestError) -> [WorkItem] {
        try base.open(after: number, limit: limit, from: source, of: sources, at: now)
    }

    package func open(
        _ number: Int64,
        at now: Timestamp
    ) throws(ManifestError) -> WorkItem? { try base.open(number, at: now) }
}

/// A plan marks nothing as seen and so concludes nothing.
extension PlanningMemory: Absences {
    package func absence(in source: Int64, folders: [Folder.ID]?) -> Absence {
        Absence(live: 0, missed: 0)
    }

    package func missedMessages(
        in source: Int64,
        folders: [Folder.ID],
        after id: Message.ID?,
        limit: Int
    ) -> [MissedMessage] { [] }

    package func missedUploads(
        in source: Int64,
        after number: Int64,
        limit: Int
    ) -> [MissedUpload] { [] }
}

extension PlanningMemory: WalkTally {
    package func mark(_ messages: [Message.ID], in source: Int64) -> [Message.ID] { messages }
    package func mark(_ attachments: [AttachmentKey], in source: Int64) {}
    package func tally(of source: Int64?, run: RunID) -> Tally { Tally() }
    package func lostCount() -> Int64 { 0 }
    package func damage() -> Damage { Damage() }
}
