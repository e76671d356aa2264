/// Makes what was read of a mailbox part of the archive.
struct MailRecords {
    let source: Int64
    let parts: WalkParts

    /// Records messages with what hangs on them, and holds the files that came with them.
    func record(
        _ readings: [ExaminedMessage],
        _ bodies: [AttachmentKey: Received]
    ) async throws {
        var bodies = bodies
        for part in try readings.filter(isNews).split(largest: WalkParts.largestRecord) {
            try await record(part, &bodies)
        }
        for body in bodies.values { await body.staged.scratch.discard() }
    }

    private func record(
        _ part: [ExaminedMessage],
        _ bodies: inout [AttachmentKey: Received]
    ) async throws {
        let fresh = part.flatMap(\.newAttachments)
        let inline = fresh.enumerated().compactMap { index, attachment -> InlineFile? in
            guard !parts.rules.skips(attachment),
                let body = bodies.removeValue(forKey: attachment.key)
            else { return nil }
            return InlineFile(offset: Int64(index), body: body)
        }
        let resolved = try part.filter(isResolved).map { resolution(of: $0.message.id) }
        try await parts.recorder.record(
            inline.map(\.body.staged),
            numbering: fresh.count
        ) { [source, parts] first in
            [.examined(part, source: source, first: first)] + resolved
                + parts.rules.skipEvents(fresh, first: first) + inline.map { $0.held(first: first) }
        }
        for file in inline { await file.body.staged.scratch.discard() }
        await tell(part, inline)
    }

    private func tell(_ part: [ExaminedMessage], _ inline: [InlineFile]) async {
        for file in inline {
            let staged = file.body.staged
            await parts.account.add(bytes: staged.size)
            parts.observer.observe(.wanted(1, bytes: staged.size, linkCalls: 0))
            parts.observer.observe(.held(staged.digest, bytes: staged.size, adopted: false))
        }
        let open = part.map { reading in
            reading.newAttachments.count { !parts.rules.skips($0) }
        }
        let wanted = open.reduce(0, +) - inline.count
        guard wanted > 0 else { return }
        let calls = min(wanted, open.count { $0 > 0 })
        parts.observer.observe(.wanted(wanted, bytes: 0, linkCalls: calls))
        await parts.backlog?.news(from: source)
    }

    /// A draft that was read again and is as it was needs no record.
    private func isNews(_ reading: ExaminedMessage) throws -> Bool {
        let id = reading.message.id
        guard let known = try parts.memory.messages([id], in: source)[id],
            known.state == .examined(isDraft: reading.message.isDraft),
            known.folder == reading.folder
        else { return true }
        return !reading.newAttachments.isEmpty
            || reading.known.count != reading.message.attachments.count
    }

    // MARK: messages that could not be read

    private func isResolved(_ reading: ExaminedMessage) throws -> Bool {
        let id = reading.message.id
        if case .unread? = try parts.memory.messages([id], in: source)[id]?.state { return true }
        return false
    }

    private func resolution(of id: Message.ID) -> AuditEvent {
        AuditEvent(
            .messageResolved,
            ["source": .integer(source)],
            hidden: ["id": .string(id.rawValue)]
        )
    }

    func recordGone(_ place: MailPlace) async throws {
        try await parts.recorder.record([.gone(place.id, folder: place.folder, source: source)])
    }

    func recordUnread(
        _ place: MailPlace,
        _ reason: FailureReason,
        _ detail: String
    ) async throws {
        let known = try parts.memory.messages([place.id], in: source)[place.id]
        let before: Int64 = if case .unread(let count, _)? = known?.state { count } else { 0 }
        let attempts = before + 1
        let nextTry = LedgerSchedule.nextTry(afterFailures: attempts, at: parts.clock.now())
        try await parts.recorder.record([
            AuditEvent(
                .messageFailed,
                [
                    "source": .integer(source), "reason": .string(reason.rawValue),
                    "attempts": .integer(attempts), "next_try": .string(nextTry.description),
                ],
                hidden: [
                    "id": .string(place.id.rawValue), "folder": .string(place.folder.rawValue),
                    "detail": .string(detail),
                ]
            )
        ])
        await parts.account.addError()
        parts.observer.observe(.unread(place.id, reason, detail: detail))
    }
}

/// A file that came inside an answer, with its place among the new attachments of a record.
private struct InlineFile: Sendable {
    let offset: Int64
    let body: Received

    func held(first: Int64) -> AuditEvent {
        .held(number: first + offset, version: 1, body)
    }
}

extension AuditEvent {
    /// `attachment.held`: the bytes are in the store under their digest.
    static func held(number: Int64, version: Int64, _ received: Received) -> AuditEvent {
        AuditEvent(
            .attachmentHeld,
            [
                "attachment": .integer(number), "version": .integer(version),
                "sha256": .string(received.staged.digest.hex),
                "size": .integer(received.staged.size), "via": .string(received.via.rawValue),
            ],
            hidden: ["headers": .object(received.evidence)]
        )
    }
}

extension WalkRules {
    /// Attachments that a rule of the config leaves out, numbered from `first`.
    fileprivate func skipEvents(_ attachments: [Attachment], first: Int64) -> [AuditEvent] {
        zip(attachments, first...).compactMap { attachment, number in
            guard skips(attachment) else { return nil }
            return AuditEvent(
                .attachmentSkipped,
                ["attachment": .integer(number), "rule": .string(Self.inlineRule)]
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
