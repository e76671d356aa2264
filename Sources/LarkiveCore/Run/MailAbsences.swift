/// Concludes what has gone from a mailbox that was walked to its end.
///
/// A message that no folder lists is asked for once by its id: an answer means that it was moved
/// while the walk went on, or lies where the walk does not go. Nothing leaves the archive.
struct MailAbsences {
    let mailbox: Mailbox.ID
    let source: Int64
    let name: SourceName
    let parts: WalkParts

    func conclude(_ coverage: MailCoverage, _ report: inout WalkReport) async throws {
        let folders = coverage.walked.map(\.id)
        let absence = try parts.memory.absence(in: source, folders: folders)
        guard !absence.isBeyondBelief || parts.rules.acceptedLosses.contains(name) else {
            report.broken = BrokenListing(absence)
            return
        }
        var last: Message.ID?
        while true {
            try await parts.checkpoint()
            let missed = try parts.memory.missedMessages(
                in: source,
                folders: folders,
                after: last,
                limit: MailWalk.readAtOnce
            )
            guard let end = missed.last else { return }
            last = end.id
            try await ask(missed, coverage, &report)
        }
    }

    private func ask(
        _ missed: [MissedMessage],
        _ coverage: MailCoverage,
        _ report: inout WalkReport
    ) async throws {
        let answers = try await parts.mail.read(missed.map(\.id), in: mailbox, into: nil)
        var events: [AuditEvent] = []
        var passedOver = 0
        for message in missed {
            switch answers.answers[message.id] {
            case .gone?:
                events.append(.gone(message.id, folder: message.folder, source: source))
                events += message.attachments.map { .vanished($0, source: source) }
                report.vanished += Int64(message.attachments.count)
                if message.attachments.isEmpty { report.lostUnread += 1 }
            case .message(let found)?:
                guard isExplained(found, message, coverage) else {
                    passedOver += 1
                    continue
                }
                if let folder = found.folder, folder != message.folder {
                    events.append(
                        .moved(message.id, from: message.folder, to: folder, source: source)
                    )
                }
            case .failed(_, let detail)?: report.unreadable.append(unsure(message, detail))
            case nil: report.unreadable.append(unsure(message, "no answer"))
            }
        }
        if !events.isEmpty { try await parts.recorder.record(events) }
        if passedOver > 0 { report.unreadable.append(short(passedOver)) }
    }

    /// A message that is there and was not listed has moved meanwhile, or lies where the walk was
    /// told not to go; otherwise the list was shorter than the folder, and may lack others too.
    private func isExplained(
        _ found: Message,
        _ missed: MissedMessage,
        _ coverage: MailCoverage
    ) -> Bool {
        guard let folder = found.folder else { return false }
        let isWalked = coverage.walked.contains { $0.id == folder }
        return isWalked ? folder != missed.folder : parts.rules.folders != .all
    }

    private func short(_ count: Int) -> SourceError {
        SourceError(
            .incomplete,
            "\(count) messages were not listed and are there: the platform listed less than there is"
        )
    }

    private func unsure(_ message: MissedMessage, _ detail: String) -> SourceError {
        SourceError(
            .incomplete,
            "message \(message.id) is listed no more, and asked for it: \(detail)"
        )
    }
}
