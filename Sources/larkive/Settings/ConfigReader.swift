import LarkiveCore
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
            root = try Yams.compose(yaml: text)
        } catch let failure as YamlError {
            throw unreadable(failure)
        } catch { throw UsageError("\(path): not readable as YAML") }
        guard let root else { throw UsageError("\(path) is empty", hint: "see docs/operating.md") }
        let top = try section(root, "", Self.keys[""] ?? [])
        guard let archive = top["archive"] else { throw missing("archive") }
        var config = Config(archive: try filePath(archive, "archive"))
        config.state = try top["state"].map { node throws(UsageError) in try absolute(node) }
        if let node = top["feishu"] { config.feishu = try feishu(node) }
        if let node = top["mail"] { try mail(node, &config) }
        if let node = top["tasks"] { try tasks(node, &config) }
        if let node = top["download"] { try download(node, &config) }
        guard !config.feishu.appID.isEmpty else { throw missing("feishu.app_id") }
        return config
    }

    private func unreadable(_ failure: YamlError) -> UsageError {
        switch failure {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            UsageError("\(path), line \(mark.line): \(problem)")
        default: UsageError("\(path): not readable as YAML")
        }
    }

    /// Every key of this version by its section.
    private static let keys: [String: [String]] = [
        "": ["archive", "state", "feishu", "mail", "tasks", "download"],
        "feishu": ["base_url", "app_id", "app_secret_file", "link_hosts", "pacing", "identity"],
        "mail": ["mailboxes", "folders", "inline_images"],
        "tasks": ["tasklists", "tasks", "my_tasks"],
        "download": ["parallel"],
    ]

    // MARK: sections

    private func feishu(_ node: Node) throws(UsageError) -> Config.Feishu {
        let found = try section(node, "feishu", Self.keys["feishu"] ?? [])
        var feishu = Config.Feishu()
        if let node = found["base_url"] { feishu.baseURL = try baseURL(node) }
        if let node = found["app_id"] { feishu.appID = try text(node, "feishu.app_id") }
        if let node = found["app_secret_file"] {
            feishu.appSecretFile = try filePath(node, "feishu.app_secret_file")
        }
        if let node = found["link_hosts"] {
            feishu.linkHosts = try list(node, "feishu.link_hosts").map(\.value)
        }
        if let node = found["pacing"] { feishu.isPaced = try pacing(node, feishu.baseURL) }
        if let node = found["identity"], try text(node, "feishu.identity") != "tenant" {
            throw wrong(node, "feishu.identity", "only `tenant` works in this version")
        }
        return feishu
    }

    private func mail(_ node: Node, _ config: inout Config) throws(UsageError) {
        let found = try section(node, "mail", Self.keys["mail"] ?? [])
        if let node = found["mailboxes"] {
            config.mailboxes = try ids(node, "mail.mailboxes", "an address like a@corp.example") {
                Mailbox.address($0)
            }
        }
        if let node = found["folders"], node.string != "all" {
            throw wrong(node, "mail.folders", "only `all` works in this version")
        }
        if let node = found["inline_images"] {
            config.inlineImages = try flag(node, "mail.inline_images")
        }
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
            throw wrong(node, "tasks.my_tasks", "the tenant identity has no tasks of its own")
        }
    }

    private func download(_ node: Node, _ config: inout Config) throws(UsageError) {
        let found = try section(node, "download", Self.keys["download"] ?? [])
        guard let node = found["parallel"] else { return }
        guard let count = node.int, (1...64).contains(count) else {
            throw wrong(node, "download.parallel", "a number from 1 to 64 is needed")
        }
        config.parallel = count
    }

    // MARK: values

    private func section(
        _ node: Node,
        _ name: String,
        _ known: [String]
    ) throws(UsageError) -> [String: Node] {
        guard case .mapping(let mapping) = node else {
            // A section with nothing under it.
            if node.null != nil { return [:] }
            throw wrong(node, name, "keys and values are needed here")
        }
        var found: [String: Node] = [:]
        for (key, value) in mapping {
            let word = key.string ?? ""
            let full = name.isEmpty ? word : "\(name).\(word)"
            guard known.contains(word) else { throw unknown(key, full, known, in: name) }
            guard found.updateValue(value, forKey: word) == nil else {
                throw wrong(key, full, "it stands here twice")
            }
        }
        return found
    }

    private func unknown(
        _ node: Node,
        _ name: String,
        _ known: [String],
        in section: String
    ) -> UsageError {
        let word = String(name.split(separator: ".").last ?? "")
        let nearest = known.min { word.distance(to: $0) < word.distance(to: $1) } ?? ""
        let full = section.isEmpty ? nearest : "\(section).\(nearest)"
        return UsageError(
            "\(place(of: node)): unknown key `\(name)`",
            hint: "did you mean `\(full)`?"
        )
    }

    private func missing(_ name: String) -> UsageError {
        UsageError("\(path): `\(name)` is missing", hint: "see docs/operating.md")
    }

    private func wrong(_ node: Node, _ name: String, _ why: String) -> UsageError {
        UsageError("\(place(of: node)): `\(name)`: \(why)")
    }

    private func place(of node: Node) -> String {
        node.mark.map { "\(path), line \($0.line)" } ?? path
    }

    private func text(_ node: Node, _ name: String) throws(UsageError) -> String {
        guard let text = node.scalar?.string, !text.isEmpty, node.null == nil else {
            throw wrong(node, name, "a text is needed")
        }
        return text
    }

    private func flag(_ node: Node, _ name: String) throws(UsageError) -> Bool {
        guard let flag = node.bool else { throw wrong(node, name, "`true` or `false` is needed") }
        return flag
    }

    private func list(
        _ node: Node,
        _ name: String
    ) throws(UsageError) -> [(node: Node, value: String)] {
        guard case .sequence(let sequence) = node else {
            throw wrong(node, name, "a list is needed, like [a, b]")
        }
        var values: [(Node, String)] = []
        for item in sequence { values.append((item, try text(item, name))) }
        return values
    }

    private func ids<ID: Hashable>(
        _ node: Node,
        _ name: String,
        _ form: String,
        _ make: (String) -> ID?
    ) throws(UsageError) -> [ID] {
        var ids: [ID] = []
        for (item, value) in try list(node, name) {
            guard let id = make(value) else { throw wrong(item, name, "`\(value)` is not \(form)") }
            guard !ids.contains(id) else { throw wrong(item, name, "`\(value)` is here twice") }
            ids.append(id)
        }
        return ids
    }

    private func filePath(_ node: Node, _ name: String) throws(UsageError) -> String {
        let path = try text(node, name)
        return path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    private func absolute(_ node: Node) throws(UsageError) -> String {
        let path = try text(node, "state")
        guard path.hasPrefix("/") else { throw wrong(node, "state", "it must be absolute") }
        return path
    }

    private func baseURL(_ node: Node) throws(UsageError) -> String {
        let text = try text(node, "feishu.base_url")
        let url = text.hasSuffix("/") ? String(text.dropLast()) : text
        let host = Config.host(of: url)
        let isAllowed =
            url.hasPrefix("https://") || (url.hasPrefix("http://") && Config.isLoopback(host))
        guard isAllowed, !host.isEmpty, url.split(separator: "/").count == 2 else {
            throw wrong(node, "feishu.base_url", "https and a host are needed, without a path")
        }
        return url
    }

    private func pacing(_ node: Node, _ baseURL: String) throws(UsageError) -> Bool {
        // YAML reads the plain words on and off as booleans.
        guard let isOn = node.bool else {
            throw wrong(node, "feishu.pacing", "`on` or `off` is needed")
        }
        guard isOn || Config.isLoopback(Config.host(of: baseURL)) else {
            throw wrong(node, "feishu.pacing", "`off` is for a loopback base_url only")
        }
        return isOn
    }
}

extension String {
    /// Edits between two words (Levenshtein).
    func distance(to other: String) -> Int {
        var row = Array(0...other.count)
        for (line, character) in enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, candidate) in other.enumerated() {
                let cost = diagonal + (character == candidate ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(cost, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[other.count]
    }
}
