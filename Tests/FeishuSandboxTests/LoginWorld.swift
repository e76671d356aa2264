@testable import FeishuSandbox

/// The small world with somebody who can log in, and what a login asks.
enum LoginWorld {
    static let verifier = String(repeating: "v", count: 43)
    static let redirect = "http://127.0.0.1:7777/back"
    static let token = "/open-apis/authen/v2/oauth/token"

    static var world: World {
        var world = SmallWorld.world
        world.user = World.User(SmallWorld.alice)
        world.app.others = ["cli_other": "other-secret"]
        return world
    }

    static func page(
        scope: String = "task:task:read offline_access",
        challenge: String? = Challenge.hashed(verifier)
    ) -> String {
        let proof = challenge.map { "&code_challenge=\($0)&code_challenge_method=S256" } ?? ""
        return "/open-apis/authen/v1/authorize?client_id=cli_sandbox0000000001&response_type=code"
            + "&redirect_uri=\(PercentText.encode(redirect))&state=s%201"
            + "&scope=\(PercentText.encode(scope))" + proof
    }
}

extension Visitor {
    /// A visitor who carries a user token with these scopes, or with all.
    static func user(_ world: World, scopes: Set<String>? = nil) throws -> Visitor {
        var visitor = try Visitor(world)
        let tokens = visitor.platform.signIn(scopes, at: visitor.now)
        visitor.authorization = "Bearer " + (tokens?.access ?? "")
        return visitor
    }

    /// The code that the authorize page sends back.
    mutating func code(_ page: String = LoginWorld.page()) -> String {
        let location = get(page).header("Location") ?? ""
        return Call("GET", location).first("code") ?? ""
    }

    /// Asks for tokens, as nobody in particular; nil takes a field away.
    mutating func ask(
        _ kind: String,
        _ changes: [String: String?],
        at path: String = LoginWorld.token
    ) -> Answer {
        var fields: [String: String?] = [
            "grant_type": kind, "client_id": platform.world.app.id,
            "client_secret": platform.world.app.secret,
        ]
        fields.merge(changes) { $1 }
        authorization = nil
        let members = fields.compactMap { name, value in
            value.map { WireJSON.Member(name, .string($0)) }
        }
        return post(path, .object(members))
    }

    mutating func redeem(_ changes: [String: String?]) -> Answer {
        ask(
            "authorization_code",
            ["redirect_uri": LoginWorld.redirect, "code_verifier": LoginWorld.verifier]
                .merging(changes) { $1 }
        )
    }

    mutating func refresh(_ token: String, _ changes: [String: String?] = [:]) -> Answer {
        ask("refresh_token", ["refresh_token": token].merging(changes) { $1 })
    }
}
