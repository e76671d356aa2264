import LarkiveCore
import LarkiveFeishu
import LarkiveVault

/// What `larkive.yaml` says, checked; relative paths are made absolute.
struct Config: Sendable {
    var archive: String
    var state: String?
    var feishu = Feishu()
    var mailboxes: [Mailbox.ID] = []
    /// Whether the mailbox of whoever logged in is one of them.
    var includesMe = false
    var discover: [Discovery.Way] = []
    var folders = FolderChoice.all
    var inlineImages = true
    var tasklists: [Tasklist.ID] = []
    var tasks: [TaskItem.ID] = []
    var myTasks = false
    var parallel = 8
    /// Folders for copies of the newest note; absolute.
    var auditCopies: [String] = []
    var barrier = VaultRules.Barrier.auto
    /// Whether the archive may stand on a file system in user space.
    var allowsFUSE = false

    /// Whether nothing is given back unless somebody says why.
    var restoreNeedsReason = false

    /// For whom larkive acts.
    enum Identity: String, Sendable { case tenant, user }

    struct Feishu: Sendable {
        var baseURL = "https://open.feishu.cn"
        var appID = ""
        var appSecretFile: String?
        var identity = Identity.tenant
        var userTokenFile: String?
        var oauthBaseURL: String?
        var oauthTokenURL: String?
        var linkHosts: [String] = []
        var proxy: ProxyAddress?
        var caFile: String?
        var isPaced = true

        /// Where users agree and get tokens; nil where nobody could know.
        var addresses: OAuthAddresses? {
            BaseURL(baseURL).flatMap {
                OAuthAddresses(base: $0, accounts: oauthBaseURL, token: oauthTokenURL)
            }
        }
    }

    var rules: VaultRules {
        var rules = VaultRules()
        rules.auditCopies = auditCopies
        rules.barrier = barrier
        rules.allowsFUSE = allowsFUSE
        return rules
    }

    /// Those that the config names; what `me`, `my_tasks` and discovery add is not among them.
    var sources: [SourceName] {
        mailboxes.map(SourceName.mail) + tasklists.map(SourceName.tasklist)
            + tasks.map(SourceName.task)
    }

    /// The word for the platform that an archive keeps: one archive, one platform.
    var brand: String {
        let host = Self.host(of: feishu.baseURL)
        switch host {
        case "open.feishu.cn": return "feishu"
        case "open.larksuite.com": return "lark"
        case let host where Self.isLoopback(host): return "loopback"
        default: return host
        }
    }

    static func host(of url: String) -> String {
        let afterScheme = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst()
        let authority = String(afterScheme.first ?? "")
        if authority.hasPrefix("[") { return authority.split(separator: "]")[0] + "]" }
        return String(authority.split(separator: ":").first ?? "").lowercased()
    }

    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
    }
}

/// Something that the operator has to mend before anything can begin: exit code 2, unless said.
struct UsageError: Error, Equatable {
    let message: String
    let hint: String?
    var exitCode: LarkiveCore.ExitCode = .usage

    init(_ message: String, hint: String? = nil, exitCode: LarkiveCore.ExitCode = .usage) {
        self.message = message
        self.hint = hint
        self.exitCode = exitCode
    }
}
