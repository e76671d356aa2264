import LarkiveFeishu
import Yams

extension ConfigReader {
    func feishu(_ node: Node) throws(UsageError) -> Config.Feishu {
        let found = try section(node, "feishu", Self.keys["feishu"] ?? [])
        var feishu = Config.Feishu()
        if let node = found["base_url"] { feishu.baseURL = try baseURL(node) }
        if let node = found["app_id"] { feishu.appID = try text(node, "feishu.app_id") }
        if let node = found["app_secret_file"] {
            feishu.appSecretFile = try filePath(node, "feishu.app_secret_file")
        }
        if let node = found["ca_file"] { feishu.caFile = try filePath(node, "feishu.ca_file") }
        if let node = found["link_hosts"] {
            feishu.linkHosts = try list(node, "feishu.link_hosts").map(\.value)
        }
        if let node = found["proxy"] {
            feishu.proxy = try proxy(node, isGuarded: !feishu.linkHosts.isEmpty)
        }
        if let node = found["pacing"] { feishu.isPaced = try pacing(node, feishu.baseURL) }
        try identity(found, &feishu)
        return feishu
    }

    private func identity(
        _ found: [String: Node],
        _ feishu: inout Config.Feishu
    ) throws(UsageError) {
        if let node = found["identity"] {
            let word = try text(node, "feishu.identity")
            guard let identity = Config.Identity(rawValue: word) else {
                throw wrong(node, "feishu.identity", "`tenant` or `user` is needed")
            }
            feishu.identity = identity
        }
        if let node = found["user_token_file"] {
            feishu.userTokenFile = try filePath(node, "feishu.user_token_file")
        }
        if let node = found["oauth_base_url"] {
            feishu.oauthBaseURL = try baseURL(node, "feishu.oauth_base_url")
        }
        if let node = found["oauth_token_url"] {
            feishu.oauthTokenURL = try text(node, "feishu.oauth_token_url")
            guard OAuthAddresses.isGood(feishu.oauthTokenURL ?? "") else {
                throw wrong(node, "feishu.oauth_token_url", "https and a whole address are needed")
            }
        }
        guard feishu.identity == .user, feishu.addresses == nil else { return }
        throw UsageError(
            "\(path): `feishu.oauth_base_url` is missing",
            hint: "name the host on which users of \(feishu.baseURL) log in"
        )
    }

    private func proxy(_ node: Node, isGuarded: Bool) throws(UsageError) -> ProxyAddress {
        guard let proxy = ProxyAddress(try text(node, "feishu.proxy")) else {
            throw wrong(node, "feishu.proxy", "an address like http://proxy.example:3128 is needed")
        }
        // Behind a proxy nobody here sees to which address a link leads.
        guard isGuarded else {
            throw wrong(node, "feishu.proxy", "it needs `feishu.link_hosts` as well")
        }
        return proxy
    }

    private func baseURL(
        _ node: Node,
        _ name: String = "feishu.base_url"
    ) throws(UsageError) -> String {
        let text = try text(node, name)
        let url = text.hasSuffix("/") ? String(text.dropLast()) : text
        let host = Config.host(of: url)
        let isAllowed =
            url.hasPrefix("https://") || (url.hasPrefix("http://") && Config.isLoopback(host))
        guard isAllowed, !host.isEmpty, url.split(separator: "/").count == 2 else {
            throw wrong(node, name, "https and a host are needed, without a path")
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
