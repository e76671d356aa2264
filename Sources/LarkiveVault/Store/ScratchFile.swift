internal import Crypto
package import LarkiveCore

/// An unnamed file in `staging/` that hashes and counts what is written to it.
///
/// A crash leaves no trace of it.
package actor ScratchFile: Scratch {
    private let staging: Directory
    private var file: File?
    private var hasher = SHA256()
    private var size: Int64 = 0

    init(in staging: Directory) throws(DiskError) {
        self.staging = staging
        file = try staging.unnamedFile()
    }

    package func append(_ bytes: [UInt8]) throws(StoreError) {
        do {
            try opened().write(bytes)
        } catch { throw StoreError(error) }
        hasher.update(data: bytes)
        size += Int64(bytes.count)
    }

    package func restart() throws(StoreError) {
        guard size > 0 else { return }
        do {
            // A new file rather than a truncated one: an error on the old one stays with it.
            file = try staging.unnamedFile()
        } catch { throw error.asStoreError }
        hasher = SHA256()
        size = 0
    }

    package func finish() throws(StoreError) -> Staged {
        do {
            let onDisk = try opened().size()
            guard onDisk == size else {
                throw StoreError(.io, "\(onDisk) bytes are in a file that \(size) were written to")
            }
        } catch { throw StoreError(error) }
        return Staged(digest: ContentDigest(hasher.finalize()), size: size, scratch: self)
    }

    package func discard() { file = nil }

    /// The file, for the store that names it.
    func opened() throws(StoreError) -> File {
        guard let file else { throw StoreError(.io, "a discarded scratch was used") }
        return file
    }
}
