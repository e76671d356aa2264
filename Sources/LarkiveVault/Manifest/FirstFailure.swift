internal import LarkiveCore
internal import Synchronization

/// Remembers that the disk failed: what SQLite then calls malformed it has written or read in part.
///
/// The file of the walk has no journal, so that a write that fails leaves it so.
final class FirstFailure: Sendable {
    private let first = Mutex<ManifestError?>(nil)

    /// The error to tell: the disk's own, where damage was found after it, or a record that it has
    /// kept out is missing.
    func told(_ error: ManifestError) -> ManifestError {
        first.withLock { first in
            if error.kind == .damaged || error.kind == .other, let first { return first }
            if first == nil, error.kind.isOfDisk { first = error }
            return error
        }
    }
}

extension ManifestError.Kind {
    /// Whether it is the disk, or the room on it, and not what is written there.
    var isOfDisk: Bool { self == .noSpace || self == .notWritable || self == .inUse }
}
