package import LarkiveCore

/// What a short look at a source showed.
package struct SourceLook: Sendable {
    /// Whether the app may see attachments there.
    package enum Proof: String, Sendable {
        case proven
        /// Things were shown without what only the scope shows.
        case blind
        /// There is nothing to prove it with.
        case notYet = "not_yet"
    }

    package let source: SourceName
    /// Whether the platform answered with what the source holds.
    package var isReachable = false
    package var proof = Proof.notYet
    /// The message or task that was looked at.
    package var canary: String?
    /// How many messages were looked at.
    package var examined = 0
    package var folders: [Folder] = []
    /// The newest moment among what was looked at.
    package var newest: Timestamp?
    /// Messages or tasks on the first page; nil when there was no page.
    package var items: Int?
    /// Whether there are more pages.
    package var hasMore = false
    /// Scopes whose members stood in nothing that was looked at.
    package var hiddenBy: [String] = []
    package var failures: [SourceError] = []

    init(_ source: SourceName) { self.source = source }

    mutating func saw(_ moment: Timestamp?) {
        newest = [newest, moment].compactMap { $0 }.max()
    }
}
