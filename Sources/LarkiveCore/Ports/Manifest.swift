/// Remembers what the audit log says.
package protocol Manifest: Sendable {
    /// Folds records into the rows, in one transaction; durable on return.
    ///
    /// Records that are in already are passed over; a gap is an error.
    func apply(_ records: [AuditRecord]) throws(ManifestError)

    /// Folds events as if they were recorded next, and takes it back: throws when they cannot be
    /// folded. A record that cannot be folded would make the log useless for ever.
    func rehearse(_ events: [AuditEvent]) throws(ManifestError)

    /// Numbers given so far.
    func numbers() throws(ManifestError) -> Numbers
}

/// The numbers of sources and attachments, given in order of first appearance.
package struct Numbers: Sendable {
    package var sources: [SourceName: Int64]
    /// When the last walk of a source ended, well or not; none for sources never walked.
    package var lastListed: [SourceName: Timestamp]
    package var lastSource: Int64
    package var lastAttachment: Int64

    package init(
        sources: [SourceName: Int64],
        lastListed: [SourceName: Timestamp] = [:],
        lastSource: Int64,
        lastAttachment: Int64
    ) {
        self.sources = sources
        self.lastListed = lastListed
        self.lastSource = lastSource
        self.lastAttachment = lastAttachment
    }
}

package struct ManifestError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case noSpace, notWritable, damaged, newerFormat, other
        /// A commit was cut off and must be taken back by somebody who may write.
        case hotJournal
        /// Somebody else has it locked for longer than one waits.
        case inUse
    }

    package let kind: Kind
    package let detail: String

    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
