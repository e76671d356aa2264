/// Counts what would be recorded, and records nothing: the recorder of a dry run.
actor PlanCounter: Recorder {
    private var numbers: Numbers
    private var fresh: Int = 0

    init(numbers: Numbers) { self.numbers = numbers }

    func number(of source: SourceName) -> Int64 {
        if let known = numbers.sources[source] { return known }
        numbers.lastSource += 1
        numbers.sources[source] = numbers.lastSource
        return numbers.lastSource
    }

    func record(
        _ staged: Staged?,
        numbering attachments: Int,
        _ events: @Sendable (Int64) -> [AuditEvent]
    ) {
        fresh += attachments
    }

    func summary(_ walks: [WalkReport], open: Int) -> PlanSummary {
        PlanSummary(walks: walks, newAttachments: fresh, openAttachments: open)
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
