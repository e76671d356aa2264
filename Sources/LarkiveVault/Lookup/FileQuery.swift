package import LarkiveCore

/// What is looked for; everything that is given must match.
///
/// Texts are compared as ``Fold`` makes them; one that folds to nothing matches everything.
package struct FileQuery: Sendable {
    /// Each must be in the file name, the subject, the sender or the task's summary.
    package var words: [String] = []
    /// Columns of `files` that must contain a text: `name`, `sender` (or the sender's name),
    /// `subject`, `task_summary`.
    package var containing: [String: String] = [:]
    /// The guid of the task that it hangs on, or a part of that task's summary.
    package var task: String?
    /// Columns of `files` that must equal a text; `source` is any source that lists it.
    package var equal: [String: String] = [:]
    package var sha256Prefix: String?
    /// Sent or uploaded then or later.
    package var after: Timestamp?
    /// Sent or uploaded earlier.
    package var before: Timestamp?
    package var minSize: Int64?
    package var maxSize: Int64?
    package var id: Int64?
    package var onlyVanished = false
    /// Whether contents that were replaced since are found as well.
    package var olderVersions = false
    package var version: Int64?
    package var limit: Int?

    package init() {}

    /// Whether a text has nothing that could be looked for.
    package static func saysNothing(_ text: String) -> Bool { Fold.fold(text).isEmpty }
}

/// What was found, and how much more there is.
package struct FoundFiles: Sendable {
    /// In their order; rows are read as they are needed.
    package let files: [FileVersion]
    /// How many match beyond the limit.
    package let more: More
    /// Whether the search index was used; without it every row is read.
    package let isIndexed: Bool

    package enum More: Equatable, Sendable {
        case exactly(Int)
        case moreThan(Int)
    }

    /// How many are counted at most.
    package static let counted = 200
}
