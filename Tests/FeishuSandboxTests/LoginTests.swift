import Testing

@testable import FeishuSandbox

@Suite struct LoginTests {
    @Test func `consent leads back with a code and the state`() throws {
        var visitor = try Visitor(LoginWorld.world)
        let answer = visitor.get(LoginWorld.page())
        let location = answer.header("Location") ?? ""
        #expect(answer.status == 302 && location.hasPrefix(LoginWorld.redirect + "?code="))
        #expect(location.hasSuffix("&state=s%201"))
    }

    @Test func `a person can say no`() throws {
        var world = LoginWorld.world
        world.user?.denies = true
        var visitor = try Visitor(world)
        let location = visitor.get(LoginWorld.page()).header("Location")
        #expect(location == LoginWorld.redirect + "?error=access_denied&state=s%201")
    }

    private static let page = "/open-apis/authen/v1/authorize?redirect_uri=http://b"
    private static let wrong: [(String, Int)] = [
        (page + "&client_id=x&response_type=code", 20_048),
        (page + "&client_id=cli_sandbox0000000001", 20_001),
        (LoginWorld.page(scope: "task:tasklist:read"), 20_027),
    ]

    @Test(arguments: wrong)
    func `a wrong question leads nowhere`(page: String, code: Int) throws {
        var world = LoginWorld.world
        world.app.scopes.remove(.tasklists)
        var visitor = try Visitor(world)
        let answer = visitor.get(page)
        #expect(answer.status == 400 && answer.header("Location") == nil)
        #expect(answer.text.hasPrefix("\(code):"))
    }

    @Test func `a login leads only to a listed address`() throws {
        var world = LoginWorld.world
        world.app.redirectURIs = ["http://127.0.0.1:1/other"]
        var visitor = try Visitor(world)
        #expect(visitor.get(LoginWorld.page()).text.hasPrefix("20029:"))
    }

    @Test(arguments: [LoginWorld.token, Endpoint.tokenPathV3])
    func `a code becomes tokens, once`(path: String) throws {
        var visitor = try Visitor(LoginWorld.world)
        let code = visitor.code()
        let fields: [String: String?] = [
            "code": code, "redirect_uri": LoginWorld.redirect, "code_verifier": LoginWorld.verifier,
        ]
        let tokens = try visitor.ask("authorization_code", fields, at: path).json
        #expect(tokens["code"] == 0 && tokens["expires_in"] == 7200)
        #expect(try tokens["access_token"].text.count == 1200)
        #expect(tokens["refresh_token_expires_in"] == 604_800 && tokens["token_type"] == "Bearer")
        #expect(tokens["scope"] == "offline_access task:task:read" && tokens["data"] == nil)
        #expect(try visitor.redeem(["code": code]).verdict == Verdict(400, 20_065))
    }

    @Test func `a form is read as well as JSON`() throws {
        var visitor = try Visitor(LoginWorld.world)
        let body =
            "grant_type=authorization_code&client_id=cli_sandbox0000000001"
            + "&client_secret=sandbox-secret-not-real&code=\(visitor.code())"
            + "&redirect_uri=\(PercentText.encode(LoginWorld.redirect))"
            + "&code_verifier=\(LoginWorld.verifier)"
        let call = Call("POST", LoginWorld.token, body: Array(body.utf8))
        #expect(try visitor.platform.answer(call, at: visitor.now).json["code"] == 0)
    }

    private static let refusals: [([String: String?], Int64)] = [
        (["code": "no such"], 20_003), (["code": nil], 20_001),
        (["client_secret": "wrong"], 20_002), (["client_id": "cli_nobody"], 20_048),
        (["client_id": "cli_other", "client_secret": "other-secret"], 20_024),
        (["redirect_uri": "http://elsewhere"], 20_071), (["code_verifier": nil], 20_049),
        (["code_verifier": String(repeating: "w", count: 43)], 20_049),
        (["grant_type": "password"], 20_036), (["scope": "task:task:write"], 20_068),
        (["scope": "task:task:read task:task:read"], 20_067),
    ]

    @Test(arguments: refusals)
    func `a code is refused for a reason`(changes: [String: String?], code: Int64) throws {
        var visitor = try Visitor(LoginWorld.world)
        let fields: [String: String?] = ["code": visitor.code()]
        let answer = visitor.redeem(fields.merging(changes) { $1 })
        #expect(try answer.verdict == Verdict(400, code))
        #expect(try !answer.json["error_description"].text.isEmpty)
    }

    @Test func `a code lives five minutes`() throws {
        var visitor = try Visitor(LoginWorld.world)
        let code = visitor.code()
        visitor.pass(.seconds(300))
        #expect(try visitor.redeem(["code": code]).verdict == Verdict(400, 20_004))
    }

    @Test func `a body that is no JSON is refused`() throws {
        var visitor = try Visitor(LoginWorld.world)
        let call = Call("POST", LoginWorld.token, body: Array("{\"a\":".utf8))
        let answer = visitor.platform.answer(call, at: visitor.now)
        #expect(try answer.verdict == Verdict(400, 20_063))
    }

    @Test func `the newer path refuses a proof that nobody asked for`() throws {
        var visitor = try Visitor(LoginWorld.world)
        let fields: [String: String?] = [
            "code": visitor.code(LoginWorld.page(challenge: nil)),
            "redirect_uri": LoginWorld.redirect, "code_verifier": LoginWorld.verifier,
        ]
        let answer = visitor.ask("authorization_code", fields, at: Endpoint.tokenPathV3)
        #expect(try answer.verdict == Verdict(400, 20_049))
        #expect(visitor.ask("authorization_code", fields).status == 200)
    }

    @Test func `without offline_access there is nothing to refresh`() throws {
        var visitor = try Visitor(LoginWorld.world)
        let code = visitor.code(LoginWorld.page(scope: "task:task:read"))
        let tokens = try visitor.redeem(["code": code]).json
        #expect(tokens["refresh_token"] == nil && tokens["refresh_token_expires_in"] == nil)
    }

    @Test func `scopes add up over logins`() throws {
        var visitor = try Visitor(LoginWorld.world)
        _ = visitor.redeem(["code": visitor.code(LoginWorld.page(scope: "task:task:read"))])
        let second = visitor.code(LoginWorld.page(scope: "task:tasklist:read"))
        let tokens = try visitor.redeem(["code": second]).json
        #expect(tokens["scope"] == "task:task:read task:tasklist:read")
    }

    @Test(arguments: [(500, 20_050), (503, 20_072)])
    func `a scripted failure is flat and burns nothing`(status: Int, code: Int64) throws {
        var world = LoginWorld.world
        let effect = FaultEffect.refuse(status: status, code: code, message: "busy")
        world.faults = [SandboxFault(.userToken, when: .init(times: 1), effect)]
        var visitor = try Visitor(world)
        let fields: [String: String?] = ["code": visitor.code()]
        let answer = visitor.redeem(fields)
        #expect(try answer.verdict == Verdict(status, code))
        #expect(try answer.json["error"] == "server_error")
        #expect(visitor.redeem(fields).status == 200)
    }
}

extension Answer {
    /// The body as text.
    var text: String {
        guard case .bytes(let bytes) = body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
