import LarkiveCore

/// Reads some messages of a mailbox: together, then in halves, at last each alone.
///
/// One bad id may sink a whole batch, so that a refusal says nothing about the others. Source: the
/// pages on getting messages by the batch (10 calls a second) and one message (100 a minute).
struct MessageReader {
    /// So many failures of single messages without a success mean that nothing works.
    static let strikes = 3

    private let client: FeishuClient
    private let mailbox: Mailbox.ID
    private let scratches: (any ScratchStore)?
    private var bodies: [AttachmentKey: Received] = [:]
    private var answers: [Message.ID: MailAnswers.Answer] = [:]
    private var proves = false
    private var hadSuccess = false
    private var failures = 0

    /// Files that come inside of answers go to `scratches`.
    init(_ client: FeishuClient, _ mailbox: Mailbox.ID, into scratches: (any ScratchStore)?) {
        self.client = client
        self.mailbox = mailbox
        self.scratches = scratches
    }

    mutating func read(_ ids: [Message.ID]) async throws(SourceError) -> MailAnswers {
        let most = Endpoint.batchGet.row.most ?? 1
        do throws(SourceError) {
            for start in stride(from: 0, to: ids.count, by: most) {
                try await readBatch(Array(ids[start..<min(start + most, ids.count)]))
            }
        } catch {
            for received in bodies.values { await received.staged.scratch.discard() }
            throw error
        }
        return MailAnswers(answers: answers, proves: proves, bodies: bodies)
    }

    private mutating func readBatch(_ ids: [Message.ID]) async throws(SourceError) {
        var groups = [(ids: ids, tries: 4)]
        while let group = groups.popLast() {
            do throws(FeishuError) {
                try await readTogether(group.ids, tries: group.tries)
            } catch {
                guard !error.sinksSource else { throw SourceError(error, in: place) }
                guard group.ids.count > 1 else {
                    try await readAlone(group.ids[0])
                    continue
                }
                let middle = group.ids.count / 2
                groups.append((Array(group.ids[middle...]), 2))
                groups.append((Array(group.ids[..<middle]), 2))
            }
        }
        for id in ids where answers[id] == nil { try await readAlone(id) }
    }

    private var place: String { "mailbox \(mailbox)" }

    private mutating func readTogether(
        _ ids: [Message.ID],
        tries: Int
    ) async throws(FeishuError) {
        let call = FeishuCall(.batchGet, mailbox.rawValue).tried(atMost: tries).with(
            body: .object([
                "format": "full", "message_ids": .array(ids.map { .string($0.rawValue) }),
            ])
        )
        let answer = try await client.answer(
            to: call.reading(StreamedAnswer(messages: ids.count, into: scratches))
        )
        var files = ArrivedFiles(answer)
        guard let items = answer.data["messages"]?.array else {
            await files.discard()
            throw .malformed(.batchGet, "the answer holds no messages")
        }
        hadSuccess = true
        for (place, item) in items.enumerated() {
            await take(item, from: Set(ids), files.taken(of: place))
        }
        await files.discard()
    }

    /// Items that belong to nobody are left out: the ids that miss one are asked for alone.
    private mutating func take(
        _ item: JSON,
        from wanted: Set<Message.ID>,
        _ files: ArrivedFiles
    ) async {
        guard let item = item.object, let id: Message.ID = try? item.id("message_id"),
            wanted.contains(id)
        else { return await files.discard() }
        proves = proves || Message.proves(item)
        guard answers[id] == nil else {
            await forgetFiles(of: id)
            await files.discard()
            answers[id] = .failed(.badAnswer, detail: "it stands twice in one answer")
            return
        }
        answers[id] = answer(item)
        await keep(files, of: answers[id])
    }

    /// Only of a message that could be read is it clear to which attachments the files belong.
    private mutating func keep(_ files: ArrivedFiles, of answer: MailAnswers.Answer?) async {
        var files = files
        if case .message(let message) = answer {
            for (place, attachment) in message.attachments.enumerated() {
                bodies[attachment.key] = files.take(attachment, at: place)
            }
        }
        await files.discard()
    }

    private mutating func forgetFiles(of id: Message.ID) async {
        guard case .message(let message) = answers[id] else { return }
        for attachment in message.attachments {
            await bodies.removeValue(forKey: attachment.key)?.staged.scratch.discard()
        }
    }

    private func answer(_ item: JSONObject) -> MailAnswers.Answer {
        do {
            return .message(try Message(item, in: mailbox))
        } catch {
            return .failed(.badAnswer, detail: error.detail)
        }
    }

    private mutating func readAlone(_ id: Message.ID) async throws(SourceError) {
        let call = FeishuCall(.message, mailbox.rawValue, id.rawValue).tried(atMost: 2)
            .with("format", "full").reading(StreamedAnswer(messages: 1, into: scratches))
        do throws(FeishuError) {
            let answer = try await client.answer(to: call)
            hadSuccess = true
            takeSingle(answer.data, id)
            await keep(ArrivedFiles(answer), of: answers[id])
        } catch {
            guard !error.sinksSource else { throw SourceError(error, in: place) }
            try settle(id, error)
        }
    }

    private mutating func takeSingle(_ data: JSONObject, _ id: Message.ID) {
        guard let item = data["message"]?.object else {
            answers[id] = .failed(.badAnswer, detail: "the answer holds no message")
            return
        }
        do throws(BadAnswer) {
            let found: Message.ID = try item.id("message_id")
            guard found == id else { throw BadAnswer("message_id is that of another message") }
            proves = proves || Message.proves(item)
            answers[id] = .message(try Message(item, in: mailbox))
        } catch {
            answers[id] = .failed(.badAnswer, detail: error.detail)
        }
    }

    private mutating func settle(_ id: Message.ID, _ error: FeishuError) throws(SourceError) {
        switch error.meaning {
        case .notFound:
            hadSuccess = true
            answers[id] = .gone
        case .server, .forbidden, .mayBePermission:
            failures += 1
            guard hadSuccess || failures < Self.strikes else {
                throw SourceError(error, in: place)
            }
            let reason: FailureReason = error.meaning == .server ? .serverError : .forbidden
            answers[id] = .failed(reason, detail: error.description)
        default: answers[id] = .failed(.badAnswer, detail: error.description)
        }
    }
}
