import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveFeishu

@Suite struct LoginRequestTests {
    private let request = LoginRequest(
        redirect: "http://127.0.0.1:53682/callback",
        state: "st-1",
        verifier: Secret("v3rifier"),
        challenge: "ch-1",
        scopes: ["offline_access", "task:task:read"]
    )

    @Test(arguments: [
        ("https://open.feishu.cn", "https://accounts.feishu.cn"),
        ("https://open.larksuite.com/", "https://accounts.larksuite.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ])
    func `people are asked on the host of their platform`(base: String, accounts: String) throws {
        let base = try #require(BaseURL(base))
        let addresses = try #require(OAuthAddresses(base: base, accounts: nil, token: nil))
        let url = request.url("cli_1", at: addresses)
        #expect(
            url == accounts + "/open-apis/authen/v1/authorize?client_id=cli_1&response_type=code"
                + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A53682%2Fcallback"
                + "&scope=offline_access%20task%3Atask%3Aread&state=st-1&code_challenge=ch-1"
                + "&code_challenge_method=S256&prompt=consent"
        )
        #expect(!url.contains("v3rifier"))
    }

    @Test func `an unknown platform needs its accounts host named`() throws {
        let base = try #require(BaseURL("https://feishu.corp.example"))
        #expect(OAuthAddresses(base: base, accounts: nil, token: nil) == nil)
        #expect(OAuthAddresses(base: base, accounts: "https://a.corp.example", token: nil) != nil)
    }

    @Test(arguments: [
        "http://accounts.feishu.cn/oauth/v3/token", "https://u@a.example/t", "ftp://a.example/t",
        "https://a.example", "https://a.example/t#x", "",
    ])
    func `the secret goes to no address that is not safe`(token: String) throws {
        let base = try #require(BaseURL("https://open.feishu.cn"))
        #expect(OAuthAddresses(base: base, accounts: nil, token: token) == nil)
    }

    @Test(arguments: [
        ("/callback?code=c%2F1&state=st-1", "code c/1"),
        ("http://127.0.0.1:53682/callback?state=st-1&code=c1", "code c1"),
        ("  http://127.0.0.1:53682/callback?state=st-1&code=c1#top \n", "code c1"),
        ("/callback?error=access_denied&state=st-1", "denied access_denied"),
        ("/callback?code=c1&state=st-2", "foreign"), ("/callback?code=c1", "foreign"),
        ("/callback?error=access_denied&state=x", "foreign"),
        ("/callback?code=&state=st-1", "foreign"),
        ("/callback?code=c1&state=st-2&state=st-1", "foreign"),
        ("/callback?state=st-1", "other"), ("/callback", "other"), ("/favicon.ico", "other"),
        ("/other?code=c1&state=st-1", "other"), ("", "other"), ("c1", "other"),
    ])
    func `only an answer to this question counts`(text: String, meaning: String) {
        let words =
            switch request.reply(in: text) {
            case .code(let code): "code " + code.reveal()
            case .denied(let words): "denied " + words
            case .foreign: "foreign"
            case .other: "other"
            }
        #expect(words == meaning)
    }

    // MARK: the exchange

    private static let own = ScriptedTransport.Reply.data(
        #"{"accessible_mailboxes":[{"email_address":"b@corp.example","email_type":"USER_ALIAS"},"#
            + #"{"email_address":"A@corp.example","email_type":"USER_PRIMARY"}]}"#
    )

    private func logIn(
        _ former: UserLogin? = nil,
        _ script: @escaping ScriptedTransport.Script
    ) async throws -> (user: UserBench, result: Result<UserLogin, SourceError>) {
        let user = try UserBench(login: former, script)
        let flow = try #require(user.bench.parts.login)
        do throws(SourceError) {
            return (user, .success(try await flow.complete(request, code: Secret("c1"))))
        } catch {
            return (user, .failure(error))
        }
    }

    @Test func `a code becomes a login that is kept`() async throws {
        let (user, result) = try await logIn { asked in
            if asked.isFor("oauth/token") { return .userToken("u-5", "r-5") }
            return asked.isFor("user_info") ? .data(#"{"open_id":"ou_5"}"#) : Self.own
        }
        let login = try result.get()
        #expect(user.file.login == login)
        #expect(login.person.rawValue == "ou_5")
        #expect(login.address?.rawValue == "a@corp.example")
        #expect(login.consented == user.clock.now())
        #expect(user.file.steps == [.lock, .replace])
        #expect(!user.file.isLocked)
        let body = try JSONReader.read(Array(try #require(user.refreshes.first?.body).utf8))
        #expect(
            body.object == [
                "client_id": "cli_1", "client_secret": "s3cret",
                "grant_type": "authorization_code", "code": "c1",
                "redirect_uri": "http://127.0.0.1:53682/callback", "code_verifier": "v3rifier",
            ]
        )
        #expect(user.transport.asked.dropFirst().allSatisfy { $0.authorization == "Bearer u-5" })
    }

    @Test func `without the scope for mailboxes a login has no address`() async throws {
        let (_, result) = try await logIn { asked in
            if asked.isFor("oauth/token") { return .userToken("u-5", "r-5") }
            return asked.isFor("user_info")
                ? .data(#"{"open_id":"ou_5"}"#) : .refusal(400, 99_991_679)
        }
        #expect(try result.get().address == nil)
    }

    @Test(arguments: [
        ScriptedTransport.Reply.refusal(400, 20_003), .refusal(400, 20_049), .refusal(400, 20_065),
        .json(#"{"code":0,"access_token":"u-5","expires_in":7200}"#),
    ])
    func `a login that fails leaves the former one`(reply: ScriptedTransport.Reply) async throws {
        let former = try UserLogin.sample()
        let (user, result) = try await logIn(former) { _ in reply }
        let error = #expect(throws: SourceError.self) { try result.get() }
        #expect(error?.kind == .credentials)
        #expect(error?.detail.contains("u-5") == false)
        #expect(user.file.login == former)
        #expect(user.transport.asked.count == 1)
    }

    @Test(arguments: [(0, 365), (350, 15), (351, 14), (352, 13), (364, 1), (365, 0), (400, 0)])
    func `the days until the consent ends are counted`(age: Int64, left: Int64) throws {
        let login = try UserLogin.sample()
        let consent = Consent(login, at: login.consented.advanced(bySeconds: age * 86_400))
        #expect(consent.daysLeft == left)
        #expect(consent.isEndingSoon == (left < 14))
    }
}
