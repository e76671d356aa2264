/// What a fault does to an answer.
package enum FaultEffect: Sendable {
    /// A refusal in Feishu's envelope, whatever the status; also "200 with an error".
    case refuse(status: Int, code: Int64, message: String, headers: [Header] = [])
    /// Any other body: malformed JSON, a gateway's page, a redirect.
    case raw(status: Int, type: String, body: String, headers: [Header] = [])
    /// The connection closes before a word is said.
    case drop
    /// The connection is reset before a word is said.
    case reset
    /// `Content-Length` is right, but the connection closes after so many bytes.
    case cut(after: Int)
    /// The body is longer or shorter than it should be, and `Content-Length` agrees with it.
    case resize(by: Int)
    /// The body pauses.
    case stall(after: Int, lasts: Duration)
    /// The body trickles.
    case slow(bytesPerSecond: Int)
    /// No `Content-Length`: the body is sent in chunks.
    case chunked
    /// Neither length nor chunks: only the end of the connection ends the body.
    case unframed
    /// A link answers 302 and sends its caller to a fresh link for the same file.
    case redirect
    /// A link answers with this `Location`.
    ///
    /// `{link}` stands for a fresh link to the same file, `{host}` and `{path}` for its parts.
    case redirectTo(String, status: Int = 302)
    /// Links that this call mints live for less than the documentation says.
    case links(uses: Int?, life: Duration?)
    /// Header lines are set; an empty value takes the line away.
    case headers([Header])
    /// `download_url` puts these ids into `failed_ids`; an empty list means all.
    case failedIDs([String])
    /// `batch_get` carries bodies with this flaw.
    case inlineBodies(InlineFlaw)
    /// The world changes just before the call is answered; nothing happens when it cannot.
    case change(WorldChange)
    /// A page is odd.
    case paging(PagingQuirk)
}

extension FaultEffect {
    /// A page comes back empty and says that there is more.
    package static let emptyPage = FaultEffect.paging(.emptyPage)

    /// The month's calls are used up.
    package static let quota = FaultEffect.refuse(
        status: 400,
        code: 99_991_403,
        message: "the quota of this month is used up"
    )

    /// Throttling in any of its dialects; a header that is nil is not sent.
    package static func throttle(
        status: Int = 429,
        reset: String? = nil,
        retryAfter: String? = nil
    ) -> FaultEffect {
        let lines = [
            reset.map { Header("x-ogw-ratelimit-reset", $0) },
            retryAfter.map { Header("Retry-After", $0) },
        ]
        return .refuse(
            status: status,
            code: 99_991_400,
            message: "request trigger frequency limit",
            headers: lines.compactMap { $0 }
        )
    }

    /// The word for it in world files and counters.
    var kind: String {
        switch self {
        case .refuse(_, 99_991_400, _, _): "throttle"
        case .refuse(_, 99_991_403, _, _): "quota"
        case .refuse: "refuse"
        case .raw: "raw"
        case .drop: "drop"
        case .reset: "reset"
        case .cut: "cut"
        case .resize: "resize"
        case .stall: "stall"
        case .slow: "slow"
        case .chunked: "chunked"
        case .unframed: "unframed"
        case .redirect, .redirectTo: "redirect"
        case .links: "links"
        case .headers: "headers"
        case .failedIDs: "failed_ids"
        case .change: "change"
        case .inlineBodies: "inline_bodies"
        case .paging(let quirk): quirk.rawValue
        }
    }
}

extension FaultEffect {
    /// The answer that stands in for the true one, if this effect replaces it.
    func substitute(_ visit: Visit) -> Answer? {
        switch self {
        case .refuse(let status, let code, let message, let headers):
            let endpoint = visit.route.endpoint
            var answer = APIError(status, code, message).answer(visit.logID, at: endpoint)
            answer.headers += headers
            return answer
        case .raw(let status, let type, let body, let headers):
            let lines = [Header("Content-Type", type)] + headers
            return Answer(status: status, headers: lines, body: .bytes(Array(body.utf8)))
        case .drop, .reset:
            var answer = Answer(status: 200, headers: [], body: .bytes([]))
            answer.delivery.isDropped = true
            if case .reset = self { answer.delivery.isReset = true }
            return answer
        default: return nil
        }
    }

    /// Changes the true answer.
    func change(_ answer: inout Answer) {
        switch self {
        case .cut(let count): answer.delivery.cutAfter = count
        case .resize(let difference): answer.resize(by: difference)
        case .stall(let count, let duration):
            answer.delivery.stall = .init(after: count, lasts: duration)
        case .slow(let rate): answer.delivery.bytesPerSecond = rate
        case .chunked: answer.delivery.isChunked = true
        case .unframed: answer.delivery.isUnframed = true
        case .headers(let lines): lines.forEach { answer.set($0) }
        case .refuse, .raw, .drop, .reset, .failedIDs, .paging, .redirect, .redirectTo, .links,
            .inlineBodies, .change:
            break
        }
    }
}

extension Answer {
    fileprivate mutating func set(_ line: Header) {
        headers.removeAll { $0.name.lowercased() == line.name.lowercased() }
        if !line.value.isEmpty { headers.append(line) }
    }

    fileprivate mutating func resize(by difference: Int) {
        let wanted = max(0, count + difference)
        switch body {
        case .content(let content, _): body = .content(content, count: wanted)
        case .parts(let parts, _): body = .parts(parts, count: wanted)
        case .bytes(let bytes):
            let padding = [UInt8](repeating: 0x20, count: max(0, wanted - bytes.count))
            body = .bytes(bytes.prefix(wanted) + padding)
        }
    }
}
