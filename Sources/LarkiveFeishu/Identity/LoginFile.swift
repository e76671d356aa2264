/// The port to the file in which a login is kept between processes.
///
/// - After a crash at any moment it holds the former bytes or the new ones, whole.
/// - What `replace` returned from is durable.
/// - May be used by several processes; only the holder of the lock may replace.
package protocol LoginFile: Sendable {
    /// For people who have to do something about it.
    var path: String { get }

    /// Nil where there is no file.
    func read() throws(LoginFileError) -> [UInt8]?

    /// The lock between processes, held until it is let go; nil while another one holds it.
    func tryLock() throws(LoginFileError) -> (any LoginLock)?

    /// Makes sure, as far as one can, that a later `replace` with up to so many bytes will succeed.
    func reserve(_ size: Int) throws(LoginFileError)

    func replace(with bytes: [UInt8]) throws(LoginFileError)
}

/// A lock that is held; letting go of it releases it.
package protocol LoginLock: AnyObject, Sendable {
    func release()
}

/// Why the token file cannot be used.
package struct LoginFileError: Error, Equatable, Sendable {
    package enum Kind: Sendable {
        /// There is no login, or not one of this app.
        case noLogin
        /// Others could read or write it, or it is another user's.
        case untrusted
        /// The disk refused.
        case io
    }

    package let kind: Kind
    package let detail: String
    package let hint: String?

    package init(_ kind: Kind, _ detail: String, hint: String? = nil) {
        self.kind = kind
        self.detail = detail
        self.hint = hint
    }
}
