/// Lists what is wanted and not held.
package protocol WorkList: Sendable {
    /// Attachments with numbers above `number` that are wanted, or failed and due at `now`, in
    /// order of number, of those that `source` lists and no earlier one of `sources` does.
    func open(
        after number: Int64,
        limit: Int,
        from source: Int64,
        of sources: [Int64],
        at now: Timestamp
    ) throws(ManifestError) -> [WorkItem]

    /// One of them, if it is open and due.
    func open(_ number: Int64, at now: Timestamp) throws(ManifestError) -> WorkItem?
}

/// One attachment to bring.
package struct WorkItem: Hashable, Sendable {
    package let number: Int64
    package let version: Int64
    package let attachment: Attachment
    /// Runs in which it failed.
    package let attempts: Int64

    package init(number: Int64, version: Int64, attachment: Attachment, attempts: Int64) {
        self.number = number
        self.version = version
        self.attachment = attachment
        self.attempts = attempts
    }
}
