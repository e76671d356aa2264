/// The kinds of audit records; the words are part of the format.
package enum RecordType: String, Sendable, CaseIterable {
    case archiveCreated = "archive.created"
    case sourceAdded = "source.added"
    case runStarted = "run.started"
    case runRecovered = "run.recovered"
    case runRefused = "run.refused"
    case runFinished = "run.finished"
    case sourceListed = "source.listed"
    case messagesExamined = "messages.examined"
    case tasksListed = "tasks.listed"
    case messageMoved = "message.moved"
    case messageGone = "message.gone"
    case messageFailed = "message.failed"
    case messageResolved = "message.resolved"
    case attachmentHeld = "attachment.held"
    case attachmentAdopted = "attachment.adopted"
    case attachmentFailed = "attachment.failed"
    case attachmentSkipped = "attachment.skipped"
    case attachmentWanted = "attachment.wanted"
    case attachmentResolved = "attachment.resolved"
    case attachmentAccepted = "attachment.accepted"
    case attachmentVanished = "attachment.vanished"
    case attachmentReappeared = "attachment.reappeared"
    case provenanceChanged = "provenance.changed"
    case ledgerRetried = "ledger.retried"
    case objectDamaged = "object.damaged"
    case objectRepaired = "object.repaired"
    case objectLost = "object.lost"
    case objectAccepted = "object.accepted"
    case verifyFinished = "verify.finished"
    case restoreDone = "restore.done"
    case lookupDone = "lookup.done"
    case clockStepped = "clock.stepped"
    case keyRotated = "key.rotated"
    case logRestarted = "log.restarted"

    /// Whether it says what became of an object, which is named by `sha256`.
    package var isOfObject: Bool { rawValue.hasPrefix("object.") }
}

/// Something worth proving later, before it has a place in the log.
package struct AuditEvent: Hashable, Sendable {
    package let type: RecordType
    /// Public fields: numbers, digests, words of larkive; never anything personal.
    package let record: JSONObject
    /// What the commitment covers: names, addresses, ids, evidence.
    package let hidden: JSONObject

    package init(_ type: RecordType, _ record: JSONObject = [:], hidden: JSONObject = [:]) {
        self.type = type
        self.record = record
        self.hidden = hidden
    }

    /// What a listing of tasks says of an attachment that had its number before.
    package func listedAgain(_ attachment: Int64) -> JSON? {
        guard type == .tasksListed else { return nil }
        return (hidden["tasks"]?.array ?? []).lazy.flatMap { $0["attachments"]?.array ?? [] }
            .first { $0["number"]?.integer == attachment }
    }
}

/// A record that has its place in the audit log.
package struct AuditRecord: Hashable, Sendable {
    /// Its place: gapless from 0.
    package let seq: Int64
    package let time: Timestamp
    package let run: RunID
    package let event: AuditEvent

    package init(seq: Int64, time: Timestamp, run: RunID, event: AuditEvent) {
        self.seq = seq
        self.time = time
        self.run = run
        self.event = event
    }
}
