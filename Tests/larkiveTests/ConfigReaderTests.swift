import LarkiveCore
import LarkiveFeishu
import Testing

@testable import larkive

@Suite struct ConfigReaderTests {
    private func read(_ more: String, feishu: String = "") throws(UsageError) -> Config {
        try ConfigReader(path: "/etc/x.yaml", folder: "/etc").read(
            "archive: a\nfeishu:\n  app_id: cli_1\n\(feishu)\(more)"
        )
    }

    private func refusal(_ more: String, feishu: String = "") -> String? {
        #expect(throws: UsageError.self) { _ = try read(more, feishu: feishu) }?.message
    }

    private static let user = "  identity: user\n"

    @Test func `what is not said has its default`() throws {
        let config = try read("")
        #expect(config.feishu.identity == .tenant)
        #expect(config.folders == .all)
        #expect(config.discover.isEmpty && config.auditCopies.isEmpty)
        #expect(!config.includesMe && !config.myTasks)
    }

    @Test func `a user's settings are read`() throws {
        let config = try read(
            "mail:\n  mailboxes: [me, B@corp.example]\ntasks:\n  my_tasks: true",
            feishu: Self.user
                + """
                  user_token_file: token.json
                  oauth_base_url: https://accounts.corp.example/
                  oauth_token_url: https://accounts.corp.example/oauth/v3/token

                """
        )
        #expect(config.feishu.identity == .user)
        #expect(config.feishu.userTokenFile == "/etc/token.json")
        #expect(config.feishu.addresses != nil)
        #expect(config.includesMe && config.myTasks)
        #expect(config.mailboxes.map(\.rawValue) == ["b@corp.example"])
        #expect(config.sources.map(\.description) == ["mail:b@corp.example"])
    }

    @Test(arguments: [
        ("accessible", [Discovery.Way.accessible]), ("public", [.public]),
        ("[public, accessible]", [.public, .accessible]), ("[]", []),
    ])
    func `ways to discover are a word or a list`(text: String, ways: [Discovery.Way]) throws {
        #expect(try read("mail:\n  discover: \(text)").discover == ways)
    }

    @Test func `folders are all or a list`() throws {
        #expect(try read("mail:\n  folders: all").folders == .all)
        let some = try read("mail:\n  folders: [INBOX, 合同]").folders
        #expect(some == .only(["INBOX", "合同"]))
    }

    @Test func `a proxy and copies of the log are read`() throws {
        let config = try read(
            "audit:\n  copies: [/mnt/worm]",
            feishu: "  link_hosts: [feishu.cn]\n  proxy: http://proxy.corp.example:3128\n  "
                + "ca_file: ca.pem\n"
        )
        #expect(config.feishu.proxy == ProxyAddress("http://proxy.corp.example:3128"))
        #expect(config.feishu.caFile == "/etc/ca.pem")
        #expect(config.auditCopies == ["/mnt/worm"])
    }

    @Test(arguments: [
        ("mail:\n  mailboxes: [a@b.example, me]", "line 5: `mail.mailboxes`: `me` needs"),
        ("tasks:\n  my_tasks: true", "line 5: `tasks.my_tasks`: it needs"),
        ("mail:\n  folders: INBOX", "line 5: `mail.folders`"),
        ("mail:\n  folders: []", "line 5: `mail.folders`: `all` or at least one"),
        ("mail:\n  folders: [INBOX, INBOX]", "`INBOX` is here twice"),
        ("mail:\n  discover: everything", "line 5: `mail.discover`: `everything` is not"),
        ("mail:\n  discover: [public, public]", "`public` is here twice"),
        ("mail:\n  mailboxes: [me, me]", "here twice"),
        ("audit:\n  copies: [relative]", "line 5: `audit.copies`: it must be absolute"),
        ("audit:\n  copy: []", "line 5: unknown key `audit.copy`"),
        ("mail: {}\ntasks: {}\nmail: {}", "line 6: `mail` stands here twice"),
        ("mail:\n  folders: all\n  folders: all", "line 6: `folders` stands here twice"),
    ])
    func `what makes no sense is refused with its line`(more: String, words: String) {
        let message = refusal(more)
        #expect(message?.contains(words) == true, "\(message ?? "")")
        #expect(message?.hasPrefix("/etc/x.yaml, line ") == true)
    }

    @Test(arguments: [
        ("  identity: robot\n", "`tenant` or `user`"),
        ("  proxy: http://p.example:1\n", "it needs `feishu.link_hosts`"),
        ("  link_hosts: [a.example]\n  proxy: p.example\n", "an address like"),
        ("  link_hosts: [a.example]\n  proxy: http://u:p@p.example:1\n", "an address like"),
        ("  oauth_token_url: http://a.example/t\n", "https and a whole address"),
        ("  oauth_base_url: http://a.example\n", "`feishu.oauth_base_url`: https"),
        ("  app_secret: inline\n", "unknown key `feishu.app_secret`"),
        ("  app_id: twice\n", "`app_id` stands here twice"),
    ])
    func `what makes no sense of the platform is refused`(feishu: String, words: String) {
        let message = refusal("", feishu: feishu)
        #expect(message?.contains(words) == true, "\(message ?? "")")
        #expect(message?.contains("line ") == true)
    }

    @Test func `an unknown platform needs its login host for users only`() throws {
        let base = "  base_url: https://feishu.corp.example\n"
        _ = try read("", feishu: base)
        #expect(
            refusal("", feishu: base + Self.user)?.contains("feishu.oauth_base_url") == true
        )
    }

    @Test func `scopes that a user is asked for follow the config`() throws {
        #expect(LoginQuestion.scopes(try read("")) == ["offline_access"])
        let tasks = try read("tasks:\n  tasks: [t1]")
        #expect(LoginQuestion.scopes(tasks).contains("task:attachment:read"))
        #expect(!LoginQuestion.scopes(tasks).contains { $0.hasPrefix("mail:") })
        let all = try read(
            "mail:\n  mailboxes: [me]\n  discover: public\ntasks:\n  my_tasks: true",
            feishu: Self.user
        )
        #expect(Set(LoginQuestion.scopes(all)) == LarkiveScopes.all)
    }

    @Test func `a proof is hashed and never the same`() throws {
        let config = try read("")
        let addresses = try #require(config.feishu.addresses)
        let urls = (0..<2).map { _ in
            LoginQuestion.make(config, port: 7).url("cli_1", at: addresses)
        }
        #expect(urls[0] != urls[1])
        #expect(urls[0].contains("code_challenge_method=S256"))
    }
}
