/// An HTTP proxy through which all goes: `http://host:port`, reached with CONNECT.
package struct ProxyAddress: Hashable, Sendable {
    let host: String
    let port: Int

    /// Nil for anything but the scheme http, a host and perhaps a port.
    package init?(_ text: String) {
        guard let address = WebAddress(text), address.scheme == .http, !address.hasUserInfo,
            address.rest.isEmpty || address.rest == "/"
        else { return nil }
        host = address.host
        port = address.port ?? 80
    }
}
