internal import Crypto
package import LarkiveCore

/// A file in `staging/` that hashes and counts what is written to it.
///
/// A crash leaves no trace of it, or a name in `staging/` that the next run removes.
package actor ScratchFile: Scratch {
    private let disk: DiskRoom
    private let form: FreshFile.Form
    /// For which room was kept.
    private let expected: Int64
    private var fresh: FreshFile?
    private var hasher = SHA256()
    private var size: Int64 = 0
    private var claim: RoomClaim

    init(on disk: DiskRoom, _ form: FreshFile.Form, expecting: Int64?) throws(StoreError) {
        self.disk = disk
        self.form = form
        expected = expecting ?? 0
        claim = RoomClaim(on: disk)
        fresh = try Self.made(on: disk, form, expected)
    }

    private static func made(
        on disk: DiskRoom,
        _ form: FreshFile.Form,
        _ expected: Int64
    ) throws(StoreError) -> FreshFile {
        try disk.check(for: expected)
        return try disk.attempt {
            let fresh = try FreshFile(in: disk.staging, form)
            // What does not fit fails now, not in the middle.
            if expected > 0 { try fresh.file.allocate(expected) }
            return fresh
        }
    }

    package func append(_ bytes: [UInt8]) throws(StoreError) {
        let file = try opened().file
        // What was kept for it is counted as used already.
        let more = min(size + Int64(bytes.count) - expected, Int64(bytes.count))
        if more > 0 { try claim.need(more) }
        try disk.attempt { try file.write(bytes) }
        if more > 0 { claim.use(more) }
        hasher.update(data: bytes)
        size += Int64(bytes.count)
    }

    package func restart() throws(StoreError) {
        guard size > 0 else { return }
        fresh = nil
        // A new file rather than a truncated one: an error on the old one stays with it.
        fresh = try Self.made(on: disk, form, expected)
        hasher = SHA256()
        (size, claim) = (0, RoomClaim(on: disk))
    }

    package func finish() throws(StoreError) -> Staged {
        let file = try opened().file
        try disk.attempt {
            // Room that was kept and not needed is given back.
            if size < expected { try file.truncate(to: size) }
            let onDisk = try file.size()
            guard onDisk == size else {
                throw StoreError(.io, "\(onDisk) bytes are in a file that \(size) were written to")
            }
        }
        claim = RoomClaim(on: disk)
        return Staged(digest: ContentDigest(hasher.finalize()), size: size, scratch: self)
    }

    package func discard() { (fresh, claim) = (nil, RoomClaim(on: disk)) }

    /// The file, for the store that names it.
    func opened() throws(StoreError) -> FreshFile {
        guard let fresh else { throw StoreError(.io, "a discarded scratch was used") }
        return fresh
    }
}
