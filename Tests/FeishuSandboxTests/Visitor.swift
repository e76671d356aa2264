@testable import FeishuSandbox

/// A client without a socket: speaks to a platform at a time that the test chooses.
struct Visitor {
    static let start = Moment(milliseconds: 1_772_413_200_000)

    var platform: Platform
    var now = Visitor.start
    var authorization: String?

    /// A visitor with a good token.
    init(_ world: World, tiers: Bool = false) throws {
        platform = Platform(world: world, tiers: tiers)
        authorization = "Bearer \(try signIn())"
    }

    mutating func signIn() throws -> String {
        let body: WireJSON = [
            "app_id": .string(platform.world.app.id),
            "app_secret": .string(platform.world.app.secret),
        ]
        let answer = post("/open-apis/auth/v3/tenant_access_token/internal", body)
        return try answer.json["tenant_access_token"].text
    }

    mutating func get(_ target: String) -> Answer {
        platform.answer(Call("GET", target, authorization: authorization), at: now)
    }

    mutating func post(_ target: String, _ body: WireJSON) -> Answer {
        let call = Call("POST", target, authorization: authorization, body: body.utf8)
        return platform.answer(call, at: now)
    }

    /// Opens a link as a downloader does: without credentials.
    mutating func open(_ url: String, method: String = "GET") -> Int {
        platform.answer(Call(method, Call.target(of: url)), at: now).status
    }

    mutating func pass(_ duration: Duration) { now = now.advanced(by: duration) }
}

extension Call {
    /// The path and query of an address on loopback.
    static func target(of url: String) -> String {
        String(url.dropFirst("http://127.0.0.1".count))
    }
}

extension Answer {
    var json: WireJSON {
        get throws {
            guard case .bytes(let bytes) = body,
                let root = try StrictNode.root(of: String(decoding: bytes, as: UTF8.self))
            else { return .null }
            return try root.json()
        }
    }

    /// The status and the code, which together tell refusals apart.
    var verdict: Verdict {
        get throws {
            guard case .int(let code)? = try json["code"] else { return Verdict(status, -1) }
            return Verdict(status, code)
        }
    }
}

struct Verdict: Equatable {
    let status: Int
    let code: Int64

    init(_ status: Int, _ code: Int64) {
        self.status = status
        self.code = code
    }
}

struct NotAsExpected: Error {}

extension WireJSON? {
    var text: String {
        get throws {
            guard case .string(let text)? = self else { throw NotAsExpected() }
            return text
        }
    }

    var items: [WireJSON] {
        get throws {
            guard case .array(let items)? = self else { throw NotAsExpected() }
            return items
        }
    }
}
