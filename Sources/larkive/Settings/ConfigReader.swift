import LarkiveCore
import LarkiveFeishu
import LarkiveVault
import Yams

/// Reads `larkive.yaml` strictly: an unknown key, a wrong type or a value that makes no sense is an
/// error with its line.
struct ConfigReader {
    let path: String
    /// Relative paths begin here: the folder of the config file.
    let folder: String

    func read(_ text: String) throws(UsageError) -> Config {
        let root: Node?
        do {
            // What a value is, its reader decides: the patterns by which YAML guesses are not made.
            root = try Yams.compose(yaml: text, .basic)
        } catch let failure as YamlError {
            throw unreadable(failure, text)
        } catch { throw UsageError("\(path): not readable as YAML") }
        guard let root else { throw UsageError("\(path) is empty", hint: "see docs/operating.md") }
        let top = try section(root, "", Self.keys[""] ?? [])
        guard let archive = top["archive"] else { throw missing("archive") }
        var config = Config(archive: try filePath(archive, "archive"))
        config.state = try top["state"].map { node throws(UsageError) in try absolute(node, "state")
        }
        if let node = top["feishu"] { config.feishu = try feishu(node) }
        if let node = top["mail"] { try mail(node, &config) }
        if let node = top["tasks"] { try tasks(node, &config) }
        if let node = top["download"] { try download(node, &config) }
        if let node = top["audit"] { try audit(node, &config) }
        if let node = top["store"] { try store(node, &config) }
        if let node = top["restore"] { try restore(node, &config) }
        guard !config.feishu.appID.isEmpty else { throw missing("feishu.app_id") }
        return config
    }

    private func unreadable(_ failure: YamlError, _ text: String) -> UsageError {
        switch failure {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            UsageError("\(path), line \(mark.line): \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            twice(duplicates.min() ?? "", after: context.mark.line, text)
        default: UsageError("\(path): not readable as YAML")
        }
    }

    /// The parser tells where the section begins; people look for the second of the keys.
    private func twice(_ key: String, after first: Int, _ text: String) -> UsageError {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let places = lines.indices.dropFirst(first - 1).filter {
            lines[$0].drop { $0 == " " }.hasPrefix("\(key):")
        }
        let line = places.dropFirst().first.map { $0 + 1 } ?? first
        return UsageError("\(path), line \(line): `\(key)` stands here twice")
    }

    /// Every key of this version by its section.
    static let keys: [String: [String]] = [
        "": [
            "archive", "state", "feishu", "mail", "tasks", "download", "audit", "store", "restore",
        ],
        "feishu": [
            "base_url", "app_id", "app_secret_file", "identity", "user_token_file",
            "oauth_base_url", "oauth_token_url", "link_hosts", "proxy", "ca_file", "pacing",
        ],
        "mail": ["mailboxes", "discover", "folders", "inline_images"],
        "tasks": ["tasklists", "tasks", "my_tasks"],
        "download": ["parallel"],
        "audit": ["copies"],
        "store": ["barrier", "allow_fuse"],
        "restore": ["require_reason"],
    ]

    // MARK: sections

    private func mail(_ node: Node, _ config: inout Config) throws(UsageError) {
        let found = try section(node, "mail", Self.keys["mail"] ?? [])
        if let node = found["mailboxes"] { try mailboxes(node, &config) }
        if let node = found["discover"] {
            let words = node.scalar == nil ? node : .sequence(Node.Sequence([node]))
            config.discover = try ids(
                words,
                "mail.discover",
                "`accessible` or `public`"
            ) { Discovery.Way(rawValue: $0) }
        }
        if let node = found["folders"] { config.folders = try folders(node) }
        if let node = found["inline_images"] {
            config.inlineImages = try flag(node, "mail.inline_images")
        }
    }

    /// `me` is the mailbox of whoever logs in; the tenant has none.
    private func mailboxes(_ node: Node, _ config: inout Config) throws(UsageError) {
        let name = "mail.mailboxes"
        let found = try ids(node, name, "an address like a@corp.example") { text in
            text == "me" ? MailboxChoice.me : Mailbox.address(text).map(MailboxChoice.address)
        }
        if let me = try list(node, name).first(where: { $0.value == "me" }) {
            try needUser(me.node, name, "`me`", config)
        }
        config.includesMe = found.contains(.me)
        config.mailboxes = found.compactMap(\.address)
    }

    private func folders(_ node: Node) throws(UsageError) -> FolderChoice {
        if node.string == "all" { return .all }
        let names = try ids(node, "mail.folders", "a folder") { $0 }
        guard !names.isEmpty else {
            throw wrong(node, "mail.folders", "`all` or at least one folder is needed")
        }
        return .only(names)
    }

    private func tasks(_ node: Node, _ config: inout Config) throws(UsageError) {
        let found = try section(node, "tasks", Self.keys["tasks"] ?? [])
        if let node = found["tasklists"] {
            config.tasklists = try ids(node, "tasks.tasklists", "a guid") { Tasklist.ID($0) }
        }
        if let node = found["tasks"] {
            config.tasks = try ids(node, "tasks.tasks", "a guid") { TaskItem.ID($0) }
        }
        if let node = found["my_tasks"], try flag(node, "tasks.my_tasks") {
            try needUser(node, "tasks.my_tasks", "it", config)
            config.myTasks = true
        }
    }

    private func needUser(
        _ node: Node,
        _ name: String,
        _ what: String,
        _ config: Config
    ) throws(UsageError) {
        guard config.feishu.identity == .tenant else { return }
        throw wrong(node, name, "\(what) needs `feishu.identity: user` and a login")
    }

    private func download(_ node: Node, _ config: inout Config) throws(UsageError) {
        let found = try section(node, "download", Self.keys["download"] ?? [])
        guard let node = found["parallel"] else { return }
        guard let count = node.int, (1...64).contains(count) else {
            throw wrong(node, "download.parallel", "a number from 1 to 64 is needed")
        }
        config.parallel = count
    }

    private func store(_ node: Node, _ config: inout Config) throws(UsageError) {
        let found = try section(node, "store", Self.keys["store"] ?? [])
        if let node = found["barrier"] {
            guard let barrier = VaultRules.Barrier(rawValue: try text(node, "store.barrier")) else {
                throw wrong(node, "store.barrier", "`auto`, `syncfs` or `fsync` is needed")
            }
            config.barrier = barrier
        }
        if let node = found["allow_fuse"] { config.allowsFUSE = try flag(node, "store.allow_fuse") }
    }

    private func restore(_ node: Node, _ config: inout Config) throws(UsageError) {
        let found = try section(node, "restore", Self.keys["restore"] ?? [])
        guard let node = found["require_reason"] else { return }
        config.restoreNeedsReason = try flag(node, "restore.require_reason")
    }

    private func audit(_ node: Node, _ config: inout Config) throws(UsageError) {
        let found = try section(node, "audit", Self.keys["audit"] ?? [])
        guard let node = found["copies"] else { return }
        config.auditCopies = try list(node, "audit.copies").map { item throws(UsageError) in
            try absolute(item.node, "audit.copies")
        }
    }
}

/// One entry of `mail.mailboxes`.
private enum MailboxChoice: Hashable {
    case me
    case address(Mailbox.ID)

    var address: Mailbox.ID? {
        if case .address(let address) = self { address } else { nil }
    }
}
