import LarkiveCore

/// Asks for page after page of one list.
///
/// A token that has gone stale (400) begins the list once more; what was seen is seen again.
struct Pager {
    private let client: FeishuClient
    private let call: FeishuCall
    private let id: (JSON) -> String?
    private var trail = PageTrail()
    private var previous: Page?
    private var hasRestarted = false

    /// Begins a list at its first page; `id` tells one item from another.
    init(_ client: FeishuClient, _ call: FeishuCall, id: @escaping (JSON) -> String?) {
        self.client = client
        self.call = call.with("page_size", String(call.endpoint.row.most ?? 1))
        self.id = id
    }

    /// The next page with the time its call started; nil after the last.
    mutating func next() async throws(ListError) -> (page: Page, sent: Duration)? {
        var token: String?
        if let previous {
            switch try step(after: previous) {
            case .next(let next): token = next
            case .again: token = nil
            case .end: return nil
            }
        }
        let answer: FeishuAnswer
        do {
            answer = try await client.answer(to: call(token))
        } catch {
            guard token != nil, error.status == 400, error.meaning == .badRequest, !hasRestarted
            else { throw .refused(error) }
            return try await restarted()
        }
        return try remember(answer)
    }

    private func call(_ token: String?) -> FeishuCall {
        token.map { call.with("page_token", $0) } ?? call
    }

    private mutating func step(after page: Page) throws(ListError) -> PageTrail.Step {
        do {
            return try trail.next(after: page, ids: page.items.compactMap(id))
        } catch {
            throw .lost(error)
        }
    }

    private mutating func restarted() async throws(ListError) -> (page: Page, sent: Duration)? {
        hasRestarted = true
        trail = PageTrail()
        previous = nil
        return try await next()
    }

    private mutating func remember(
        _ answer: FeishuAnswer
    ) throws(ListError) -> (page: Page, sent: Duration) {
        do {
            let page = try Page(answer.data)
            previous = page
            return (page, answer.sent)
        } catch {
            throw .malformed(call.endpoint, error)
        }
    }
}

/// Why a list ended before its end.
enum ListError: Error, Equatable, Sendable {
    case refused(FeishuError)
    case lost(PageTrail.Lost)
    case malformed(Endpoint, BadAnswer)
}
