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
            try await ask(missed, &report)
        }
    }

    private func ask(_ missed: [MissedMessage], _ report: inout WalkReport) async throws {
        let answers = try await parts.mail.read(missed.map(\.id), in: mailbox, into: nil)
        var events: [AuditEvent] = []
        for message in missed {
            switch answers.answers[message.id] {
            case .gone?:
                events.append(.gone(message.id, folder: message.folder, source: source))
                events += message.attachments.map { .vanished($0, source: source) }
                report.vanished += Int64(message.attachments.count)
            case .message(let found)?:
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
    }

    private func unsure(_ message: MissedMessage, _ detail: String) -> SourceError {
        SourceError(
            .incomplete,
            "message \(message.id) is listed no more, and asked for it: \(detail)"
        )
    }
}
