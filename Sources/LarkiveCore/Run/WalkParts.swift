/// What a walk works with.
struct WalkParts: Sendable {
    let mail: any MailSource
    let tasks: any TaskSource
    let memory: any KnownItems & WalkTally & Absences
    let recorder: any Recorder
    /// Where bodies go that come with the listing; nil when nothing is to be kept.
    let scratches: (any ScratchStore)?
    let backlog: Backlog?
    let account: RunAccount
    let observer: any RunObserver
    let clock: any WallClock
    let rules: WalkRules

    /// Messages or tasks in one record.
    static let largestRecord = 20

    /// Lets a walk go on, unless the run has to end.
    func checkpoint() async throws {
        try Task.checkCancellation()
        guard await account.mayGoOn() else { throw CancellationError() }
    }
}

/// What the operator wants of walks.
struct WalkRules: Sendable {
    let inlineImages: Bool
    let folders: FolderChoice
    /// Whether a walk may conclude that something is gone: not when it is restricted or only tried.
    let mayConclude: Bool
    /// Sources whose losses are believed this time, however large.
    let acceptedLosses: Set<SourceName>

    static let inlineRule = "inline_images"

    /// The rule that leaves an attachment out, if one does.
    func skips(_ attachment: Attachment) -> Bool {
        guard !inlineImages, case .mail(let part) = attachment.kind else { return false }
        return part.isInline
    }
}

/// More of a source is missing at once than is believed.
package struct BrokenListing: Hashable, Sendable {
    package let absence: Absence

    package init(_ absence: Absence) { self.absence = absence }
}
