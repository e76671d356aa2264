/// Walks one mailbox: lists ids, has read what was not read before, concludes what is gone.
struct MailWalk {
    /// Reads under way at once while the list goes on.
    private static let readsAtOnce = 3
    static let readAtOnce = 20
    private static let liftedAtOnce = 500

    let mailbox: Mailbox.ID
    let source: Int64
    let name: SourceName
    let parts: WalkParts

    func run(_ report: inout WalkReport) async throws {
        try await liftRules()
        let reading = MailReading(mailbox: mailbox, source: source, parts: parts)
        do {
            report.coverage = try await list(reading)
            report.hasReachedEnd = true
        } catch {
            report = await reading.told(report)
            throw error
        }
        report = await reading.told(report)
        guard report.mayConclude, parts.rules.mayConclude, let coverage = report.coverage else {
            return
        }
        let absences = MailAbsences(mailbox: mailbox, source: source, name: name, parts: parts)
        try await absences.conclude(coverage, &report)
    }

    /// What a rule left out that the config has no longer is wanted again.
    private func liftRules() async throws {
        guard parts.rules.inlineImages else { return }
        let numbers = try parts.memory.skipped(by: WalkRules.inlineRule, in: source)
        guard !numbers.isEmpty else { return }
        // Group by group, since there may be as many as there are inline images in a mailbox.
        for start in stride(from: 0, to: numbers.count, by: Self.liftedAtOnce) {
            let some = numbers[start..<min(start + Self.liftedAtOnce, numbers.count)]
            try await parts.recorder.record(
                some.map { AuditEvent(.attachmentWanted, ["attachment": .integer($0)]) }
            )
            for number in some { try await parts.backlog?.again(number) }
        }
    }

    /// Ids wait until a read is full, over page and folder borders: no call more than needed.
    private func list(_ reading: MailReading) async throws -> MailCoverage {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var (waiting, underWay) = ([MailPlace](), 0)
            var failure: SourceError?
            var coverage = MailCoverage(walked: [])
            do {
                coverage = try await parts.mail.walk(mailbox, parts.rules.folders) { page in
                    try await parts.checkpoint()
                    waiting += try await take(page, reading)
                    while waiting.count >= Self.readAtOnce {
                        if underWay >= Self.readsAtOnce { try await group.next() }
                        let batch = Array(waiting.prefix(Self.readAtOnce))
                        waiting.removeFirst(Self.readAtOnce)
                        group.addTask { try await reading.read(batch) }
                        underWay = min(underWay + 1, Self.readsAtOnce)
                    }
                }
            } catch let error as SourceError {
                // What was listed before the list broke off is read all the same.
                failure = error
            }
            let rest = waiting
            if !rest.isEmpty { group.addTask { try await reading.read(rest) } }
            try await group.waitForAll()
            if let failure { throw failure }
            return coverage
        }
    }

    /// Marks a page as seen; returns what of it has to be read.
    private func take(_ page: MailPage, _ reading: MailReading) async throws -> [MailPlace] {
        if page.unreadable > 0 {
            await reading.note(
                SourceError(
                    .incomplete,
                    "\(page.unreadable) message ids of folder \(page.folder.name) are malformed"
                )
            )
        }
        parts.observer.observe(.listed(page.ids.count))
        // A message in two folders is one message, and belongs to the one where it is seen first.
        let fresh = try parts.memory.mark(page.ids, in: source)
        let known = try parts.memory.messages(fresh, in: source)
        let plan = ListingPlan(
            page: fresh,
            in: page.folder.id,
            known: known,
            at: parts.clock.now()
        )
        try await record(plan, known, in: page.folder.id)
        return plan.toRead.map { MailPlace(id: $0, folder: page.folder.id) }
    }

    private func record(
        _ plan: ListingPlan,
        _ known: [Message.ID: KnownMessage],
        in folder: Folder.ID
    ) async throws {
        let back = try plan.reappeared.flatMap { try parts.memory.vanished(of: $0, in: source) }
        let moved = plan.moved.map { id in
            AuditEvent.moved(id, from: known[id]?.folder, to: folder, source: source)
        }
        guard !back.isEmpty || !moved.isEmpty else { return }
        try await parts.recorder.record(back.map { .reappeared($0, source: source) } + moved)
        // What was never held before it vanished is wanted again.
        for number in back { try await parts.backlog?.again(number) }
    }
}

/// A message id with the folder in which a walk met it.
struct MailPlace: Hashable, Sendable {
    let id: Message.ID
    let folder: Folder.ID
}
