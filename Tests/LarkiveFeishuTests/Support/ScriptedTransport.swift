import LarkiveCore
import Synchronization

@testable import LarkiveFeishu

/// A transport that answers as a script says and remembers what it was asked.
final class ScriptedTransport: Transport {
    typealias Script = @Sendable (Asked) -> Reply

    /// A request as the script sees it.
    struct Asked: Sendable {
        let verb: String
        let url: String
        /// Without scheme and host, still encoded.
        let path: String
        let query: [QueryItem]
        let authorization: String?
        let body: String?
        /// Where it connects to in place of the host's name.
        let address: String?
        /// How often this path was asked before.
        let earlier: Int

        func all(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }
        func first(_ name: String) -> String? { all(name).first }
        func isFor(_ part: String) -> Bool { path.contains(part) }
    }

    enum Reply: Sendable {
        case body(Int, [(String, String)], [[UInt8]], end: TransportError? = nil)
        case failure(TransportError)

        static func json(
            _ text: String,
            status: Int = 200,
            headers: [(String, String)] = []
        ) -> Reply {
            .body(status, headers, [Array(text.utf8)])
        }

        static func data(_ text: String) -> Reply {
            .json(#"{"code":0,"msg":"success","data":"# + text + "}")
        }

        static func refusal(_ status: Int, _ code: Int, _ msg: String = "no") -> Reply {
            .json(#"{"code":\#(code),"msg":"\#(msg)"}"#, status: status)
        }

        static let token = Reply.json(
            #"{"code":0,"msg":"ok","tenant_access_token":"t-1","expire":7200}"#
        )
    }

    private let script: Script
    private let log = Mutex<[Asked]>([])

    init(_ script: @escaping Script) { self.script = script }

    var asked: [Asked] { log.withLock { $0 } }

    /// Requests whose path holds that.
    func asked(_ part: String) -> [Asked] { asked.filter { $0.isFor(part) } }

    func open(_ request: HTTPRequest) async throws(TransportError) -> HTTPAnswer {
        let asked = log.withLock { log in
            let asked = Asked(request, after: log)
            log.append(asked)
            return asked
        }
        switch script(asked) {
        case .failure(let error): throw error
        case .body(let status, let headers, let pieces, let end):
            return HTTPAnswer(
                status: status,
                headers: HeaderLines(headers.map { ($0.0, $0.1) }),
                body: Pieces(rest: pieces[...], end: end)
            )
        }
    }
}

private struct Pieces: BodyStream {
    var rest: ArraySlice<[UInt8]>
    let end: TransportError?

    mutating func next() async throws(TransportError) -> [UInt8]? {
        if let piece = rest.popFirst() { return piece }
        if let end { throw end }
        return nil
    }
}

extension ScriptedTransport.Asked {
    fileprivate init(_ request: HTTPRequest, after log: [Self]) {
        url = request.url.reveal()
        let address = WebAddress(url)
        let rest = address?.rest ?? url
        let cut = rest.firstIndex(of: "?") ?? rest.endIndex
        path = String(rest[..<cut])
        query = rest[cut...].dropFirst().split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return QueryItem(
                PercentEncoding.decode(parts[0]) ?? "",
                PercentEncoding.decode(parts.count > 1 ? parts[1] : "") ?? ""
            )
        }
        verb = request.verb.rawValue
        self.address = request.address
        authorization = request.authorization?.reveal()
        body = request.body.map { String(decoding: $0.reveal(), as: UTF8.self) }
        let path = path
        earlier = log.count { $0.path == path }
    }
}
