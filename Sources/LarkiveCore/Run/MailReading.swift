/// Reads messages for one walk and records them; notices when it is shown less than there is.
///
/// Without the body scope the platform leaves bodies and attachments out and says nothing. An
/// answer proves itself by showing one of them; one that does not is asked again in the company of
/// a message that is known to have something to show.
actor MailReading {
    /// Messages that are asked alone when there is no witness.
    private static let triesAlone = 5
    private static let mostWitnesses = 4

    private let mailbox: Mailbox.ID
    private let source: Int64
    private let parts: WalkParts
    private var examinedNow: Int64 = 0
    private var unreadable: [SourceError] = []
    private var isBlind = false
    /// A message of this walk that has attachments.
    private var witness: Witness?

    init(mailbox: Mailbox.ID, source: Int64, parts: WalkParts) {
        self.mailbox = mailbox
        self.source = source
        self.parts = parts
    }

    func note(_ error: SourceError) { unreadable.append(error) }

    /// What was found out so far, written into a report.
    func told(_ report: WalkReport) -> WalkReport {
        var report = report
        report.examinedNow = examinedNow
        report.unreadable += unreadable
        report.isBlind = isBlind
        return report
    }

    /// Reads up to 20 messages.
    ///
    /// Once blind, nothing more is asked: everything new stays unread.
    func read(_ places: [MailPlace]) async throws {
        try await parts.checkpoint()
        guard !isBlind else { return }
        let answers = try await ask(places.map(\.id))
        guard !answers.proves, answers.hasMessages else { return try await settle(places, answers) }
        await answers.discardBodies()
        let unseen = places.filter { !answers.isMessage($0.id) }
        if !unseen.isEmpty { try await settle(unseen, answers.only(unseen.map(\.id))) }
        try await prove(places.filter { answers.isMessage($0.id) })
    }

    private func ask(_ ids: [Message.ID]) async throws(SourceError) -> MailAnswers {
        try await parts.mail.read(ids, in: mailbox, into: parts.scratches)
    }

    // MARK: blindness

    private func prove(_ places: [MailPlace]) async throws {
        let witnesses = try witnesses(beside: places)
        guard !witnesses.isEmpty else { return try await proveAlone(places) }
        var rest = places
        while !rest.isEmpty {
            // As many as fit into one call beside the witnesses.
            let batch = Array(rest.prefix(MailWalk.readAtOnce - witnesses.count))
            let answers = try await ask(batch.map(\.id) + witnesses.map(\.id))
            guard answers.proves else {
                await answers.discardBodies()
                let isCertain = witnesses.contains {
                    $0.hasAttachments && answers.isMessage($0.id)
                }
                guard isCertain else { return try await proveAlone(rest) }
                isBlind = true
                return
            }
            try await settle(batch, answers)
            rest.removeFirst(batch.count)
        }
    }

    /// Never one of those that are asked for: an id stands in a call only once.
    private func witnesses(beside places: [MailPlace]) throws -> [Witness] {
        if let witness { return [witness] }
        let asked = Set(places.map(\.id))
        let limit = Self.mostWitnesses + asked.count
        let known = try parts.memory.witnesses(in: source, limit: limit)
            .filter { !asked.contains($0.id) }.prefix(Self.mostWitnesses)
        // One that has attachments is enough.
        return known.first.map { $0.hasAttachments ? [$0] : Array(known) } ?? []
    }

    private func proveAlone(_ places: [MailPlace]) async throws {
        for (index, place) in places.prefix(Self.triesAlone).enumerated() {
            let answers = try await ask([place.id])
            guard answers.proves else {
                await answers.discardBodies()
                continue
            }
            try await settle([place], answers)
            let shown = Witness(id: place.id, hasAttachments: answers.hasAttachments(place.id))
            if witness == nil { witness = shown }
            // Those before it proved nothing; in its company they may.
            var rest = places
            rest.remove(at: index)
            if !rest.isEmpty { try await prove(rest) }
            return
        }
        isBlind = true
    }

    // MARK: settling

    private func settle(_ places: [MailPlace], _ answers: MailAnswers) async throws {
        var readings: [ExaminedMessage] = []
        for place in places {
            guard case .message(let message)? = answers.answers[place.id] else {
                try await recordFailure(answers.answers[place.id], of: place)
                continue
            }
            if witness == nil, !message.isDraft, !message.attachments.isEmpty {
                witness = Witness(id: message.id, hasAttachments: true)
            }
            let known = try parts.memory.attachments(of: message.id, in: source)
            readings.append(
                ExaminedMessage(message: message, folder: place.folder, known: known)
            )
        }
        examinedNow += Int64(readings.count)
        let records = MailRecords(source: source, parts: parts)
        try await records.record(readings, answers.bodies)
    }

    private func recordFailure(
        _ answer: MailAnswers.Answer?,
        of place: MailPlace
    ) async throws {
        let records = MailRecords(source: source, parts: parts)
        switch answer {
        case .message: break
        case .gone: try await records.recordGone(place)
        case .failed(let reason, let detail):
            try await records.recordUnread(place, reason, detail)
        case nil:
            try await records.recordUnread(place, .badAnswer, "no answer for this message")
        }
    }
}

extension MailAnswers {
    fileprivate func isMessage(_ id: Message.ID) -> Bool {
        if case .message? = answers[id] { true } else { false }
    }

    fileprivate func hasAttachments(_ id: Message.ID) -> Bool {
        if case .message(let message)? = answers[id] { !message.attachments.isEmpty } else { false }
    }

    fileprivate var hasMessages: Bool {
        answers.values.contains { if case .message = $0 { true } else { false } }
    }

    fileprivate func only(_ ids: [Message.ID]) -> MailAnswers {
        MailAnswers(answers: answers.filter { ids.contains($0.key) }, proves: proves)
    }

    fileprivate func discardBodies() async {
        for body in bodies.values { await body.staged.scratch.discard() }
    }
}
