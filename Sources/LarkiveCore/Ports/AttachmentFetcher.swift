/// Brings the bytes of attachments to disk.
///
/// - Asks for links just before use, in one call for a parcel where the platform allows it.
/// - Calls `deliver` exactly once for each attachment of the parcel, in any order, never for
///   another; returns after the last. When the task is cancelled, what is unfinished is delivered
///   with the kind `interrupted`.
/// - Retries by itself, within bounds; what is delivered is final for this run.
/// - May be called concurrently for different parcels.
package protocol AttachmentFetcher: Sendable {
    func fetch(
        _ parcel: Parcel,
        into scratches: any ScratchStore,
        deliver: @Sendable (Delivery) async -> Void
    ) async
}

/// Attachments that share a link call: up to 20 of one message, or one of a task.
package struct Parcel: Hashable, Sendable {
    package let attachments: [Attachment]

    package init(attachments: [Attachment]) { self.attachments = attachments }
}

/// What became of one attachment of a parcel.
package struct Delivery: Sendable {
    package let key: AttachmentKey
    package let result: Result<Received, FetchError>

    package init(_ key: AttachmentKey, _ result: Result<Received, FetchError>) {
        self.key = key
        self.result = result
    }
}

/// Bytes that arrived complete and were checked, not yet durable.
package struct Received: Sendable {
    package enum Way: String, Sendable {
        case link, listingLink = "listing-link", inline
    }

    package let staged: Staged
    package let via: Way
    /// Of the answer's headers: log id, Content-Length, Content-Disposition, ETag.
    package let evidence: JSONObject

    package init(staged: Staged, via: Way, evidence: JSONObject) {
        self.staged = staged
        self.via = via
        self.evidence = evidence
    }
}

/// Why an attachment did not arrive.
package struct FetchError: Error, Equatable, Sendable {
    package let reason: FailureReason
    /// What happened, in words; no secrets, no links.
    package let detail: String

    package init(_ reason: FailureReason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}

/// Reasons that stand in the ledger and in the audit log; the words are part of the format.
package enum FailureReason: String, Sendable, CaseIterable {
    /// Fewer bytes than were declared.
    case shortBody = "short_body"
    /// More bytes than were declared.
    case longBody = "long_body"
    /// An HTML page or a JSON error in place of the file.
    case notAFile = "not_a_file"
    /// An answer that is malformed or contradicts itself.
    case badAnswer = "bad_answer"
    /// The platform named the attachment in `failed_ids`.
    case linkRefused = "link_refused"
    /// As `linkRefused`, for an oversized (type 2) attachment.
    case oversizedUnavailable = "oversized_unavailable"
    /// Links died again and again.
    case linkDead = "link_dead"
    /// 403/1230002 or 500/1230003 of the link call: may be permission, may be the platform.
    case mayBePermission = "may_be_permission"
    case forbidden
    /// App id, secret or token refused; ends the run, never stands in the ledger.
    case credentials
    case notFound = "not_found"
    case throttled
    /// The tenant's monthly quota of calls is used up; ends the run, never stands in the ledger.
    case quota
    case serverError = "server_error"
    /// Connection refused, reset, timed out or cut.
    case connection
    /// A link to a place that larkive does not go to.
    case badLink = "bad_link"
    case noSpace = "no_space"
    /// The archive's disk failed; ends the run, never stands in the ledger.
    case notWritable = "not_writable"
    case interrupted
    /// An archived object whose bytes nobody has any more; of objects, never of downloads.
    case lost

    package var hint: String {
        switch self {
        case .shortBody, .longBody, .linkDead, .serverError, .connection, .throttled, .badAnswer:
            "nothing to do: it is tried again by itself; in the next run with problems --retry"
        case .notAFile: "open the message or task in Feishu and see whether the file opens there"
        case .linkRefused, .oversizedUnavailable:
            "the platform refuses a link; see whether the file opens in Feishu"
        case .mayBePermission, .forbidden:
            "check the app's scopes and its mail data permission in the developer console"
        case .notFound: "the file was removed in Feishu before it could be archived"
        case .badLink: "check feishu.base_url; a link led somewhere that is not allowed"
        case .noSpace: "make room on the archive's file system"
        case .notWritable: "see what the run said about the archive's disk"
        case .credentials: "see what the run said about the app's credentials"
        case .lost:
            "put the object's file back from a backup, or accept it: larkive problems --accept"
        case .interrupted, .quota: "nothing to do: the next run goes on"
        }
    }
}
