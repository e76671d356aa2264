import LarkiveCore

/// What happens to an archive after its first run: things vanish, move, change, are listed twice.
struct LaterChanges {
    private var mail: [(message: MadeMessage, source: Int64, first: Int64)] = []
    private var drafts: [(message: MadeMessage, source: Int64, first: Int64)] = []
    private var uploads: [(task: TaskMaker.MadeTask, source: Int64, first: Int64)] = []
    /// A tasklist that lists what another has listed.
    var otherTasklist: Int64 = 0

    mutating func note(
        _ message: MadeMessage,
        source: Int64,
        first: Int64,
        with draw: inout Draw
    ) {
        guard !message.contents.isEmpty else { return }
        if message.message.isDraft {
            drafts.append((message, source, first))
        } else if draw.once(in: 40) {
            mail.append((message, source, first))
        }
    }

    mutating func note(
        _ task: TaskMaker.MadeTask,
        source: Int64,
        first: Int64,
        with draw: inout Draw
    ) {
        if draw.once(in: 10), !task.attachments.isEmpty { uploads.append((task, source, first)) }
    }

    func add(to batch: inout Batch, _ contents: Contents, with draw: inout Draw) throws {
        for (index, item) in mail.enumerated() {
            let (message, source, first) = item
            if index.isMultiple(of: 2) {
                vanish(message, source, first, &batch)
            } else {
                batch.add(moved(message, source))
            }
        }
        for (message, source, first) in drafts { shrink(message, source, first, &batch) }
        for item in uploads { try change(item, contents, &batch, &draw) }
    }

    private func vanish(
        _ message: MadeMessage,
        _ source: Int64,
        _ first: Int64,
        _ batch: inout Batch
    ) {
        let hidden: JSONObject = [
            "id": .string(message.message.id.rawValue), "folder": .string(message.folder.rawValue),
        ]
        batch.add(AuditEvent(.messageGone, ["source": .integer(source)], hidden: hidden))
        for number in first..<first + Int64(message.contents.count) {
            batch.add(vanished(number, source))
        }
    }

    private func vanished(_ number: Int64, _ source: Int64) -> AuditEvent {
        AuditEvent(
            .attachmentVanished,
            ["attachment": .integer(number), "source": .integer(source)]
        )
    }

    private func moved(_ message: MadeMessage, _ source: Int64) -> AuditEvent {
        AuditEvent(
            .messageMoved,
            ["source": .integer(source)],
            hidden: [
                "id": .string(message.message.id.rawValue), "to": "TRASH",
                "from": .string(message.folder.rawValue),
            ]
        )
    }

    /// A draft that was saved again without its last attachment.
    private func shrink(
        _ draft: MadeMessage,
        _ source: Int64,
        _ first: Int64,
        _ batch: inout Batch
    ) {
        let old = draft.message
        let kept = Array(old.attachments.dropLast())
        let message = Message(
            id: old.id,
            subject: (old.subject ?? "") + " 2",
            senderAddress: old.senderAddress,
            senderName: old.senderName,
            date: old.date,
            isDraft: true,
            attachments: kept,
            evidence: old.evidence
        )
        let known = Dictionary(
            uniqueKeysWithValues: zip(kept.map(\.key.attachment), first...)
        )
        let examined = ExaminedMessage(message: message, folder: draft.folder, known: known)
        batch.examine([examined], source: source, holding: [])
    }

    /// One upload gets another content and name, one vanishes, one is in two tasklists.
    private func change(
        _ item: (task: TaskMaker.MadeTask, source: Int64, first: Int64),
        _ contents: Contents,
        _ batch: inout Batch,
        _ draw: inout Draw
    ) throws {
        let (task, source, first) = item
        guard let old = task.attachments.first else { return }
        switch draw.below(3) {
        case 0:
            let content = contents.one(with: &draw)
            let new = try TaskMaker(people: [], contents: contents).attachment(
                NameMaker.file(with: &draw),
                content,
                of: task.item,
                as: old.key.attachment,
                at: Timestamp(milliseconds: 1_793_491_200_000),
                with: &draw
            )
            let step = TaskPlan.Step.changed(new, number: first, version: 2)
            batch.list([(task.item, [step])], source: source, holding: [])
            batch.hold(content, number: first, version: 2, via: "listing-link")
        case 1: batch.add(vanished(first, source))
        default:
            batch.list(
                [(task.item, [.sighted(number: first)])],
                source: otherTasklist,
                holding: []
            )
        }
    }
}
