import Testing

@testable import FeishuSandbox

@Suite struct RefreshTests {
    /// A visitor and the refresh token of a login just made.
    private func login(_ world: World = LoginWorld.world) throws -> (Visitor, String) {
        var visitor = try Visitor(world)
        let tokens = visitor.platform.signIn(at: visitor.now)
        return (visitor, tokens?.refresh ?? "")
    }

    @Test func `a refresh token works once, and its access token lives on`() throws {
        var visitor = try Visitor(LoginWorld.world)
        let tokensNow = visitor.platform.signIn(at: visitor.now)
        let old = try #require(tokensNow)
        let tokens = try visitor.refresh(old.refresh ?? "").json
        #expect(try tokens["refresh_token"].text != old.refresh)
        #expect(try visitor.refresh(old.refresh ?? "").verdict == Verdict(400, 20_073))
        #expect(visitor.platform.counters.refreshReuse == 1)
        visitor.authorization = "Bearer " + old.access
        #expect(visitor.get("/open-apis/task/v2/tasks").status == 200)
    }

    @Test func `a refresh token expires`() throws {
        var (visitor, token) = try login()
        visitor.pass(.seconds(604_800))
        #expect(try visitor.refresh(token).verdict == Verdict(400, 20_037))
    }

    @Test func `consent ends a year after it was given`() throws {
        var world = LoginWorld.world
        world.user?.consentStart = Visitor.start.advanced(by: .seconds(-364 * 86_400))
        var (visitor, token) = try login(world)
        let tokens = try visitor.refresh(token).json
        #expect(tokens["refresh_token_expires_in"] == 86_400)
        visitor.pass(.seconds(86_400))
        let next = try tokens["refresh_token"].text
        #expect(try visitor.refresh(next).verdict == Verdict(400, 20_037))
    }

    @Test func `a revoked login is over at once`() throws {
        var visitor = try Visitor.user(LoginWorld.world)
        let access = visitor.authorization
        let refresh = visitor.platform.signIn(at: visitor.now)?.refresh ?? ""
        visitor.platform.revokeUser()
        let answer = visitor.get("/open-apis/task/v2/tasks")
        #expect(try access != nil && answer.verdict == Verdict(400, 99_991_668))
        #expect(try visitor.refresh(refresh).verdict == Verdict(400, 20_064))
    }

    private static let refusals: [([String: String?], Int64)] = [
        (["refresh_token": "ur-none"], 20_026), (["refresh_token": ""], 20_001),
        (["client_id": "cli_other", "client_secret": "other-secret"], 20_024),
        (["client_secret": "wrong"], 20_002), (["scope": "contact:everything"], 20_068),
    ]

    @Test(arguments: refusals)
    func `a refresh is refused for a reason`(changes: [String: String?], code: Int64) throws {
        var (visitor, token) = try login()
        #expect(try visitor.refresh(token, changes).verdict == Verdict(400, code))
        #expect(visitor.refresh(token).status == 200)
    }

    @Test func `an app may not be allowed to refresh`() throws {
        var (visitor, token) = try login()
        visitor.platform.world.app.mayRefresh = false
        #expect(try visitor.refresh(token).verdict == Verdict(400, 20_074))
    }

    @Test func `a narrower token can do less, and the next one all again`() throws {
        var (visitor, token) = try login()
        let tokens = try visitor.refresh(token, ["scope": "task:task:read"]).json
        visitor.authorization = "Bearer " + (try tokens["access_token"].text)
        let refused = visitor.get("/open-apis/task/v2/tasklists")
        #expect(try refused.verdict == Verdict(400, 99_991_679))
        let next = try visitor.refresh(try tokens["refresh_token"].text).json
        visitor.authorization = "Bearer " + (try next["access_token"].text)
        #expect(visitor.get("/open-apis/task/v2/tasklists").status == 200)
    }

    @Test func `an answer that is lost has used the token up`() throws {
        var world = LoginWorld.world
        world.faults = [SandboxFault(.userToken, when: .init(times: 1), .cut(after: 0))]
        var (visitor, token) = try login(world)
        #expect(visitor.refresh(token).delivery.cutAfter == 0)
        #expect(try visitor.refresh(token).verdict == Verdict(400, 20_073))
    }
}
