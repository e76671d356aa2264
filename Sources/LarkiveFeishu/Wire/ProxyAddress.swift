/// A proxy that connections are made through: `http://host:port`.
package struct ProxyAddress: Hashable, Sendable {
    let host: String
    let port: Int

    /// Nil for anything but http, a host and a port: what goes through it is encrypted by TLS, and
    /// a password would stand in the config.
    package init?(_ text: String) {
        guard let address = WebAddress(text), address.scheme == .http, !address.hasUserInfo,
            let port = address.port, address.rest.isEmpty || address.rest == "/"
        else { return nil }
        host = address.host
        self.port = port
    }
}
