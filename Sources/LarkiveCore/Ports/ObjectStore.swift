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
    /// An object that is there already is compared, and kept when it is right; else it is put aside
    /// and ours takes its name. All or nothing as far as promises go: after an error none of the
    /// group may be acknowledged, though some may be there.
    func publish(_ group: [Staged]) async throws(StoreError) -> Published
}

/// What became of a group of objects.
package struct Published: Hashable, Sendable {
    /// Those that were not there before.
    package let added: Set<ContentDigest>
    /// Those that were there with other bytes than their name says, and are right now.
    package let replaced: [Replaced]

    /// An object that was found damaged while its bytes came once more.
    package struct Replaced: Hashable, Sendable {
        package let digest: ContentDigest
        /// The name under which what was there is kept.
        package let kept: String

        package init(digest: ContentDigest, kept: String) {
            self.digest = digest
            self.kept = kept
        }
    }

    package init(added: Set<ContentDigest>, replaced: [Replaced] = []) {
        self.added = added
        self.replaced = replaced
    }
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
