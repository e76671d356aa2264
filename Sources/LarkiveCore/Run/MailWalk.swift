/// Walks one mailbox: lists ids, reads what was not read before, records it.
struct MailWalk {
    private static let readAtOnce = 20

    let mailbox: Mailbox.ID
    let source: Int64
    let parts: WalkParts

    /// What a walk leaves to tell.
    struct Findings {
        var examinedNow: Set<Message.ID> = []
        var unreadable: [SourceError] = []
        var isBlind = false
        var coverage: MailCoverage?
    }

    func run() async throws -> Findings {
        var findings = Findings()
        // Ids wait until a read is full, over page and folder borders: no call more than needed.
        var waiting: [(Message.ID, Folder.ID)] = []
        let coverage = try await parts.mail.walk(mailbox, parts.folders) { page in
            try Task.checkCancellation()
            waiting += try await take(page, &findings)
            while waiting.count >= Self.readAtOnce {
                try await read(Array(waiting.prefix(Self.readAtOnce)), &findings)
                waiting.removeFirst(Self.readAtOnce)
            }
        }
        if !waiting.isEmpty { try await read(waiting, &findings) }
        findings.coverage = coverage
        return findings
    }

    /// Marks a page as seen; returns what of it has to be read.
    private func take(
        _ page: MailPage,
        _ findings: inout Findings
    ) async throws -> [(Message.ID, Folder.ID)] {
        if page.unreadable > 0 {
            findings.unreadable.append(
                SourceError(
                    .incomplete,
                    "\(page.unreadable) message ids of folder \(page.folder.name) are malformed"
                )
            )
        }
        parts.observer.observe(.listed(page.ids.count))
        // A message in two folders is one message, and belongs to the one where it is seen first.
        let fresh = try parts.tally.mark(page.ids, in: source)
        let known = try parts.known.messages(fresh, in: source)
        let plan = ListingPlan(
            page: fresh,
            in: page.folder.id,
            known: known,
            at: parts.clock.now()
        )
        try await record(plan.moved, known, to: page.folder.id)
        let seen = findings.examinedNow
        return plan.toRead.filter { !seen.contains($0) }.map { ($0, page.folder.id) }
    }

    private func record(
        _ moved: [Message.ID],
        _ known: [Message.ID: KnownMessage],
        to folder: Folder.ID
    ) async throws {
        guard !moved.isEmpty else { return }
        try await parts.recorder.record(
            moved.map { id in
                AuditEvent(
                    .messageMoved,
                    ["source": .integer(source)],
                    hidden: [
                        "id": .string(id.rawValue), "to": .string(folder.rawValue),
                        "from": .string(known[id]?.folder?.rawValue ?? ""),
                    ]
                )
            }
        )
    }

    private func read(
        _ batch: [(Message.ID, Folder.ID)],
        _ findings: inout Findings
    ) async throws {
        // Once blind, nothing more is asked: everything new stays unread.
        guard !findings.isBlind else { return }
        let folders = Dictionary(batch, uniquingKeysWith: { first, _ in first })
        let answers = try await parts.mail.read(
            Array(folders.keys.sorted()),
            in: mailbox,
            into: nil
        )
        let messages = batch.compactMap { id, _ -> Message? in
            if case .message(let message) = answers.answers[id] { message } else { nil }
        }
        if answers.proves || messages.isEmpty {
            try await record(messages, folders, &findings)
        } else {
            findings.isBlind = true
        }
        for id in folders.keys.sorted() {
            try await recordFailure(answers.answers[id], of: id, in: folders[id])
        }
    }

    private func record(
        _ messages: [Message],
        _ folders: [Message.ID: Folder.ID],
        _ findings: inout Findings
    ) async throws {
        var examined: [ExaminedMessage] = []
        for message in messages where findings.examinedNow.insert(message.id).inserted {
            guard let folder = folders[message.id] else { continue }
            let known = try parts.known.attachments(of: message.id, in: source)
            let reading = ExaminedMessage(message: message, folder: folder, known: known)
            if try await !isUnchanged(reading) { examined.append(reading) }
        }
        let fresh = examined.flatMap(\.newAttachments)
        for part in examined.split(largest: parts.largestRecord) {
            let count = part.map(\.newAttachments.count).reduce(0, +)
            try await parts.recorder.record([], numbering: count) { [source, parts] first in
                let event = AuditEvent.examined(part, source: source, first: first)
                return [event] + parts.skips(part.flatMap(\.newAttachments), first: first)
            }
        }
        guard !fresh.isEmpty else { return }
        parts.observer.observe(.wanted(fresh.count, bytes: 0))
        await parts.backlog?.news()
    }

    /// A draft that was read again and is as it was needs no record.
    private func isUnchanged(_ reading: ExaminedMessage) async throws -> Bool {
        let id = reading.message.id
        guard let known = try parts.known.messages([id], in: source)[id],
            known.state == .examined(isDraft: reading.message.isDraft),
            known.folder == reading.folder
        else { return false }
        return reading.newAttachments.isEmpty
            && reading.known.count == reading.message.attachments.count
    }

    private func recordFailure(
        _ answer: MailAnswers.Answer?,
        of id: Message.ID,
        in folder: Folder.ID?
    ) async throws {
        var hidden: JSONObject = ["id": .string(id.rawValue)]
        if let folder { hidden.append("folder", .string(folder.rawValue)) }
        switch answer {
        case .message: break
        case .gone:
            try await parts.recorder.record([
                AuditEvent(.messageGone, ["source": .integer(source)], hidden: hidden)
            ])
        case .failed(let reason, let detail):
            try await recordUnread(id, reason, detail, hidden)
        case nil:
            try await recordUnread(id, .badAnswer, "no answer for this message", hidden)
        }
    }

    private func recordUnread(
        _ id: Message.ID,
        _ reason: FailureReason,
        _ detail: String,
        _ hidden: JSONObject
    ) async throws {
        var attempts: Int64 = 1
        if case .unread(let before, _)? = try parts.known.messages([id], in: source)[id]?.state {
            attempts = before + 1
        }
        var hidden = hidden
        hidden.append("detail", .string(detail))
        let nextTry = LedgerSchedule.nextTry(afterFailures: attempts, at: parts.clock.now())
        try await parts.recorder.record([
            AuditEvent(
                .messageFailed,
                [
                    "source": .integer(source), "reason": .string(reason.rawValue),
                    "attempts": .integer(attempts), "next_try": .string(nextTry.description),
                ],
                hidden: hidden
            )
        ])
        parts.observer.observe(.unread(id, reason, detail: detail))
    }
}

/// What a walk works with.
struct WalkParts: Sendable {
    let mail: any MailSource
    let tasks: any TaskSource
    let known: any KnownItems
    let tally: any WalkTally
    let recorder: any Recorder
    let backlog: Backlog?
    let observer: any RunObserver
    let clock: any WallClock
    let inlineImages: Bool
    let folders: FolderChoice
    /// Messages or tasks in one record.
    let largestRecord = 20

    /// Attachments that a rule of the config leaves out, numbered from `first`.
    func skips(_ attachments: [Attachment], first: Int64) -> [AuditEvent] {
        guard !inlineImages else { return [] }
        return zip(attachments, first...).compactMap { attachment, number in
            guard case .mail(let part) = attachment.kind, part.isInline else { return nil }
            return AuditEvent(
                .attachmentSkipped,
                ["attachment": .integer(number), "rule": "inline_images"]
            )
        }
    }
}

extension [ExaminedMessage] {
    /// Parts that fit into a line of the log each: 20 messages, and evidence within 2 MiB.
    fileprivate func split(largest: Int) -> [[ExaminedMessage]] {
        var parts: [[ExaminedMessage]] = []
        var bytes = 0
        for message in self {
            let size = JSONWriter.bytes(of: message.message.evidence).count
            if parts.isEmpty || parts[parts.count - 1].count >= largest || bytes + size > 2 << 20 {
                parts.append([])
                bytes = 0
            }
            parts[parts.count - 1].append(message)
            bytes += size
        }
        return parts
    }
}
