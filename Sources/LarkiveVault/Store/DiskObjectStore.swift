internal import Crypto
package import LarkiveCore

/// Objects as plain files: `objects/ab/abcdef…`, mode 0400, written once.
package struct DiskObjectStore: ObjectStore {
    /// Free space that stays for the audit log and the manifest: 1 % of the file system, within bounds.
    static let reserve: ClosedRange<Int64> = (4 << 20)...(64 << 20)
    /// From this many files on, one flush of the file system is cheaper than one for each.
    static let manyFiles = 8

    let objects: Directory
    let staging: Directory
    let quarantine: Directory
    private let shards: [Directory]

    static func shardName(_ index: Int) -> String { Hex.text([UInt8(truncatingIfNeeded: index)]) }

    /// Makes the 256 shards; each name is durable on return.
    static func create(in objects: Directory) throws(DiskError) {
        for index in 0..<256 { _ = try objects.makeDirectory(shardName(index)) }
    }

    init(objects: Directory, staging: Directory, quarantine: Directory) throws(DiskError) {
        self.objects = objects
        self.staging = staging
        self.quarantine = quarantine
        var shards: [Directory] = []
        for index in 0..<256 { shards.append(try objects.directory(Self.shardName(index))) }
        self.shards = shards
    }

    func shard(of digest: ContentDigest) -> Directory { shards[Int(digest.bytes[0])] }

    package func open(expecting size: Int64?) throws(StoreError) -> any Scratch {
        do {
            try checkSpace(for: size ?? 0)
            return try ScratchFile(in: staging)
        } catch { throw StoreError(error) }
    }

    private func checkSpace(for size: Int64) throws {
        let space = try staging.space()
        let reserve = min(max(space.total / 100, Self.reserve.lowerBound), Self.reserve.upperBound)
        guard space.available - size >= reserve else {
            throw StoreError(
                .noSpace,
                "\(staging.path): \(space.available) bytes free, \(size) wanted, "
                    + "\(reserve) kept for the audit log"
            )
        }
    }

    package func publish(_ group: [Staged]) async throws(StoreError) -> Set<ContentDigest> {
        do {
            var files: [(Staged, File)] = []
            for staged in group {
                guard let scratch = staged.scratch as? ScratchFile else {
                    throw StoreError(.io, "a scratch of another store")
                }
                files.append((staged, try await scratch.opened()))
            }
            // Dying before this: unnamed files, gone.
            try flush(files.map(\.1))
            var fresh: Set<ContentDigest> = []
            for (staged, file) in files where try name(staged, file) { fresh.insert(staged.digest) }
            // Dying before this: some names may be there, whole; nobody speaks of them yet.
            for index in Set(group.map { Int($0.digest.bytes[0]) }) { try shards[index].sync() }
            return fresh
        } catch { throw StoreError(error) }
    }

    private func flush(_ files: [File]) throws(DiskError) {
        guard files.count < Self.manyFiles else { return try objects.syncFileSystem() }
        for file in files { try file.sync() }
    }

    /// Returns whether the name is new; an object that is there is compared.
    private func name(_ staged: Staged, _ file: File) throws -> Bool {
        let (shard, hex) = (shard(of: staged.digest), staged.digest.hex)
        if try shard.link(file, as: hex) { return true }
        let found = try shard.file(hex, .reading)
        if try Self.digest(of: found) == staged.digest { return false }
        // The bytes under this name are not what it says: they are kept aside, ours take the name.
        try shard.moveWithoutReplacing(hex, to: quarantine, as: "\(hex).\(try found.size())")
        guard try shard.link(file, as: hex) else { throw StoreError(.damaged(staged.digest), hex) }
        return true
    }

    /// Reads an object from beginning to end.
    static func digest(of file: File) throws(DiskError) -> ContentDigest {
        var (hasher, offset) = (SHA256(), Int64(0))
        while true {
            let bytes = try file.read(at: offset, count: 1 << 20)
            if bytes.isEmpty { return ContentDigest(hasher.finalize()) }
            hasher.update(data: bytes)
            offset += Int64(bytes.count)
        }
    }

    /// The object's file; nil when it is missing.
    func file(of digest: ContentDigest) throws(DiskError) -> File? {
        do {
            return try shard(of: digest).file(digest.hex, .reading)
        } catch let failure where failure.isMissing {
            return nil
        }
    }
}
