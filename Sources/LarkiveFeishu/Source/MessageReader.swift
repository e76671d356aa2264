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
    private var answers: [Message.ID: MailAnswers.Answer] = [:]
    private var proves = false
    private var hadSuccess = false
    private var failures = 0

    init(_ client: FeishuClient, _ mailbox: Mailbox.ID) {
        self.client = client
        self.mailbox = mailbox
    }

    mutating func read(_ ids: [Message.ID]) async throws(SourceError) -> MailAnswers {
        let most = Endpoint.batchGet.row.most ?? 1
        for start in stride(from: 0, to: ids.count, by: most) {
            try await readBatch(Array(ids[start..<min(start + most, ids.count)]))
        }
        return MailAnswers(answers: answers, proves: proves)
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
        let data = try await client.answer(to: call).data
        guard let items = data["messages"]?.array else {
            throw .malformed(.batchGet, "the answer holds no messages")
        }
        hadSuccess = true
        for item in items { take(item, from: Set(ids)) }
    }

    /// Items that belong to nobody are left out: the ids that miss one are asked for alone.
    private mutating func take(_ item: JSON, from wanted: Set<Message.ID>) {
        guard let item = item.object, let id: Message.ID = try? item.id("message_id"),
            wanted.contains(id)
        else { return }
        proves = proves || Message.proves(item)
        let isSecond = answers[id] != nil
        answers[id] =
            isSecond ? .failed(.badAnswer, detail: "it stands twice in one answer") : answer(item)
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
            .with("format", "full")
        do throws(FeishuError) {
            let data = try await client.answer(to: call).data
            hadSuccess = true
            takeSingle(data, id)
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
