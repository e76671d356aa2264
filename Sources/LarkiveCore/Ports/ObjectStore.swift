/// Makes room for bytes that are arriving.
package protocol ScratchStore: Sendable {
    /// Opens an empty scratch; checks free space when the size is known.
    func open(expecting size: Int64?) async throws(StoreError) -> any Scratch
}

/// A place for the bytes of one download; hashed and counted while they arrive.
///
/// One writer at a time. Gone without a trace unless it is published. Nothing is durable before
/// ``ObjectStore/publish(_:)``.
package protocol Scratch: Sendable {
    func append(_ bytes: [UInt8]) async throws(StoreError)
    /// Forgets everything appended so far.
    func restart() async throws(StoreError)
    /// Ends the writing and tells what arrived.
    func finish() async throws(StoreError) -> Staged
    func discard() async
}

/// Complete bytes that wait for their name.
package struct Staged: Sendable {
    package let digest: ContentDigest
    package let size: Int64
    package let scratch: any Scratch

    package init(digest: ContentDigest, size: Int64, scratch: any Scratch) {
        self.digest = digest
        self.size = size
        self.scratch = scratch
    }
}

/// Keeps bytes under their digest, once, unchanged, for ever.
package protocol ObjectStore: ScratchStore {
    /// Gives each its name; on return bytes and names are durable.
    ///
    /// An object that is there already is compared and kept. All or nothing as far as promises go:
    /// after an error none of the group may be acknowledged, though some may be there. Returns the
    /// digests that were not there before.
    func publish(_ group: [Staged]) async throws(StoreError) -> Set<ContentDigest>
}

/// Why the store could not do its work.
package struct StoreError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case noSpace
        case notWritable
        case io
        /// An object under this name has other bytes.
        case damaged(ContentDigest)
    }

    package let kind: Kind
    package let detail: String

    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
