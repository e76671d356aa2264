/// The log that cannot quietly be changed.
package protocol AuditLog: Sendable {
    /// Gives the events their places; durable on return, in the order given.
    ///
    /// After an error the log takes nothing more: without a record there is no acknowledgement.
    func append(_ events: [AuditEvent]) async throws(AuditError) -> [AuditRecord]

    /// Seals what was appended and signs the tree; durable on return.
    func seal() async throws(AuditError)
}

/// Why the audit log could not be opened or written.
package struct AuditError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case notWritable
        case noSpace
        /// Something that was written once is missing or reads differently.
        case damaged
        /// The log is older than what was seen before.
        case rolledBack
        case keyMissing
        /// A link, a pipe, somebody else's file: nothing of it is used; with what to do.
        case refused(hint: String)
        /// A record that breaks the format's rules; a fault of the program.
        case unencodable
    }

    package let kind: Kind
    package let detail: String

    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
