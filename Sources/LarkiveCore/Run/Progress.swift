/// What a run tells while it goes on.
package enum Progress: Sendable {
    case sourceBegun(SourceName)
    case sourceEnded(SourceName, SourceError?)
    /// Messages or tasks that were listed.
    case listed(Int)
    /// Attachments that are wanted now, with the bytes as far as they are declared and the calls
    /// for links of mail that they will need: the slowest part of a first run.
    case wanted(Int, bytes: Int64, linkCalls: Int)
    /// An attachment that is in the archive now; after its manifest rows, never before.
    case held(ContentDigest, bytes: Int64, adopted: Bool)
    case failed(AttachmentKey, name: String, FailureReason, detail: String)
    case unread(Message.ID, FailureReason, detail: String)
}

/// Is told of progress; may be called concurrently and must not wait.
package protocol RunObserver: Sendable {
    func observe(_ progress: Progress)
}
