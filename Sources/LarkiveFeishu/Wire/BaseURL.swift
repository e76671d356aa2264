import LarkiveCore

/// Where the API is: `https://open.feishu.cn`, `https://open.larksuite.com`, or a loopback server.
///
/// Plain http is for loopback only, since the app's secret goes there.
package struct BaseURL: Hashable, Sendable {
    private let address: WebAddress

    /// Nil for anything but scheme, host and port; a `/` at the end is ignored.
    package init?(_ text: String) {
        guard let address = WebAddress(text), !address.hasUserInfo,
            address.rest.isEmpty || address.rest == "/",
            address.scheme == .https || HostKind(address) == .loopback
        else { return nil }
        self.address = address
    }

    package var isLoopback: Bool { HostKind(address) == .loopback }

    func url(_ path: String, _ query: [QueryItem]) -> Secret<String> {
        Secret(address.origin + path + (query.isEmpty ? "" : "?" + URLText.query(query)))
    }
}

extension BaseURL: CustomStringConvertible {
    package var description: String { address.origin }
}
