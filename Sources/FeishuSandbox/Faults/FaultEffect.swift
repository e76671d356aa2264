/// What a fault does to an answer.
package enum FaultEffect: Sendable {
    /// A refusal in Feishu's envelope, whatever the status; also "200 with an error".
    case refuse(status: Int, code: Int64, message: String, headers: [Header] = [])
    /// Any other body: malformed JSON, a gateway's page, a redirect.
    case raw(status: Int, type: String, body: String, headers: [Header] = [])
    /// The connection closes before a word is said.
    case drop
    /// `Content-Length` is right, but the connection closes after so many bytes.
    case cut(after: Int)
    /// The body is longer or shorter than it should be, and `Content-Length` agrees with it.
    case resize(by: Int)
    /// The body pauses.
    case stall(after: Int, lasts: Duration)
    /// No `Content-Length`: the body is sent in chunks.
    case chunked
    /// Neither length nor chunks: only the end of the connection ends the body.
    case unframed
    /// A link answers 302 and sends its caller to a fresh link for the same file.
    case redirect
    /// Header lines are set; an empty value takes the line away.
    case headers([Header])
    /// `download_url` puts these ids into `failed_ids`; an empty list means all.
    case failedIDs([String])
    /// A page comes back empty and says that there is more.
    case emptyPage
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
        case .drop:
            var answer = Answer(status: 200, headers: [], body: .bytes([]))
            answer.delivery.isDropped = true
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
        case .chunked: answer.delivery.isChunked = true
        case .unframed: answer.delivery.isUnframed = true
        case .headers(let lines): lines.forEach { answer.set($0) }
        case .refuse, .raw, .drop, .failedIDs, .emptyPage, .redirect: break
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
        case .bytes(let bytes):
            let padding = [UInt8](repeating: 0x20, count: max(0, wanted - bytes.count))
            body = .bytes(bytes.prefix(wanted) + padding)
        }
    }
}
