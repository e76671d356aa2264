internal import LarkiveCore

/// An object on its way into another file: cloned or copied by the kernel where it can, and hashed
/// as it then stands there.
struct ObjectCopy {
    /// How much is copied before it is read back, while it is still in memory.
    private static let stride = 4 << 20

    let digest: ContentDigest
    let source: File

    /// Throws when the bytes that arrived are not those that the name says; the copy must not be
    /// shown before this returns.
    func run(into file: File) throws {
        guard try arrived(in: file) != digest else { return }
        guard try DiskObjectStore.digest(of: source) == digest else {
            throw StoreError(.damaged(digest), "object \(digest.hex) has other bytes")
        }
        throw VaultError(
            .other,
            "what was written is not what was read: the disk, or the memory, fails",
            hint: "see dmesg; restore to another disk"
        )
    }

    private func arrived(in file: File) throws -> ContentDigest {
        if try file.clone(source) { return try DiskObjectStore.digest(of: file) }
        return try copied(to: file) ?? written(to: file)
    }

    /// Nil where the kernel cannot do it for these two.
    private func copied(to file: File) throws -> ContentDigest? {
        var (hasher, offset) = (StreamDigest(), Int64(0))
        while let count = try file.copy(source, at: offset, count: Self.stride) {
            if count == 0 { return hasher.finish() }
            hasher.append(try file.read(at: offset, count: Int(count)))
            offset += count
        }
        guard offset == 0 else {
            throw VaultError(.other, "copying ended in the middle", hint: "try again")
        }
        return nil
    }

    private func written(to file: File) throws -> ContentDigest {
        var (hasher, offset) = (StreamDigest(), Int64(0))
        while case let bytes = try source.read(at: offset, count: 1 << 20), !bytes.isEmpty {
            hasher.append(bytes)
            try file.write(bytes)
            offset += Int64(bytes.count)
        }
        return hasher.finish()
    }
}
