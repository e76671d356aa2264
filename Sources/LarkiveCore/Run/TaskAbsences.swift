/// Concludes what has gone from a task source that was walked to its end.
///
/// An attachment that no source lists any more is asked for by its guid, and only the answer that
/// it is not there means that it vanished: a task may also have left a list.
struct TaskAbsences {
    private static let askedAtOnce = 50

    let source: Int64
    let name: SourceName
    let parts: WalkParts

    func conclude(_ report: inout WalkReport) async throws {
        let absence = try parts.memory.absence(in: source, folders: nil)
        guard !absence.isBeyondBelief || parts.rules.acceptedLosses.contains(name) else {
            report.broken = BrokenListing(absence)
            return
        }
        var last: Int64 = 0
        while true {
            let missed = try parts.memory.missedUploads(
                in: source,
                after: last,
                limit: Self.askedAtOnce
            )
            guard let end = missed.last else { return }
            last = end.number
            for upload in missed { try await conclude(upload, &report) }
        }
    }

    private func conclude(_ upload: MissedUpload, _ report: inout WalkReport) async throws {
        try await parts.checkpoint()
        guard !upload.isListedElsewhere else {
            return try await parts.recorder.record([.unlisted(upload.number, source: source)])
        }
        let isThere: Bool
        do throws(SourceError) {
            isThere = try await parts.tasks.isThere(upload.id)
        } catch {
            report.unreadable.append(unsure(upload, error))
            return
        }
        if !isThere { report.vanished += 1 }
        try await parts.recorder.record([
            isThere
                ? .unlisted(upload.number, source: source)
                : .vanished(upload.number, source: source)
        ])
    }

    private func unsure(_ upload: MissedUpload, _ error: SourceError) -> SourceError {
        SourceError(
            error.kind,
            "attachment \(upload.number) is listed no more, and asked for it: \(error.detail)",
            hint: error.hint
        )
    }
}
