internal import Crypto
package import LarkiveCore

/// Objects as plain files: `objects/ab/abcdef…`, mode 0400, written once.
///
/// A name is given only to bytes that are durable, and told only when it is durable itself: so
/// after a crash at any point each name in `objects/` is the digest of its bytes (I1), and whatever
/// the log or the manifest speaks of is there (I2, I6), since they are written afterwards.
package struct DiskObjectStore: ObjectStore {
    let objects: Directory
    let quarantine: Directory
    private let disk: DiskRoom
    private let barriers: Barriers
    private let form: FreshFile.Form

    static func shardName(_ index: Int) -> String { Hex.text([UInt8(truncatingIfNeeded: index)]) }

    /// Makes the 256 shards; each name is durable on return.
    static func create(in objects: Directory) throws(DiskError) {
        for index in 0..<256 { _ = try objects.makeDirectory(shardName(index)) }
    }

    /// Looks at all shards, so that one that is missing or not trusted ends the run before it began.
    init(
        objects: Directory,
        staging: Directory,
        quarantine: Directory,
        barriers: Barriers = Barriers(.auto),
        form: FreshFile.Form = .unnamed
    ) throws(DiskError) {
        self.objects = objects
        self.quarantine = quarantine
        self.barriers = barriers
        self.form = form
        disk = DiskRoom(staging)
        for index in 0..<256 { _ = try objects.directory(Self.shardName(index)) }
    }

    func shard(of digest: ContentDigest) throws(DiskError) -> Directory {
        try objects.directory(Self.shardName(Int(digest.bytes[0])))
    }

    package func open(expecting size: Int64?) throws(StoreError) -> any Scratch {
        try ScratchFile(on: disk, form, expecting: size)
    }

    package func publish(_ group: [Staged]) async throws(StoreError) -> Published {
        var files: [(digest: ContentDigest, fresh: FreshFile)] = []
        for staged in group {
            guard let scratch = staged.scratch as? ScratchFile else {
                throw StoreError(.io, "a scratch of another store")
            }
            files.append((staged.digest, try await scratch.opened()))
        }
        let ready = files
        return try disk.attempt { try publish(ready) }
    }

    private func publish(_ files: [(digest: ContentDigest, fresh: FreshFile)]) throws -> Published {
        // Opened first: want of descriptors is told before anything has a name.
        var shards: [UInt8: Directory] = [:]
        for (digest, _) in files where shards[digest.bytes[0]] == nil {
            shards[digest.bytes[0]] = try shard(of: digest)
        }
        // 1. The bytes. Dying before or in this leaves files without a name, or names in staging/,
        // which the next run empties: nobody knows of them (I1, I11).
        try flush(files.map(\.fresh.file))
        // 2. The names. Dying in this leaves some of them, on the disk or not, each over durable
        // bytes (I1). No record speaks of them (I6): they are found again, or stay orphans.
        var (added, replaced) = (Set<ContentDigest>(), [Published.Replaced]())
        for (digest, fresh) in files {
            guard let shard = shards[digest.bytes[0]] else { continue }
            if try fresh.link(in: shard, as: digest.hex) {
                added.insert(digest)
            } else if let other = try compare(digest, fresh, in: shard) {
                replaced.append(other)
            }
        }
        // 3. The names are durable. Also where they were there before: whoever gave one of them may
        // have died before this. Only now may a record speak of them (I2, I6, I7).
        try flush(Array(shards.values))
        return Published(added: added, replaced: replaced)
    }

    private func flush(_ files: [File]) throws(DiskError) {
        if barriers.isOneFlush(for: files.count) { return try objects.syncFileSystem() }
        for file in files { try file.sync() }
    }

    /// One flush of the file system makes all names durable that were given before it.
    private func flush(_ shards: [Directory]) throws(DiskError) {
        if barriers.isOneFlush(for: shards.count) { return try objects.syncFileSystem() }
        for shard in shards { try shard.sync() }
    }

    /// Nil when the object that is there has the bytes that its name says.
    ///
    /// Throws when it cannot be read: an object is not damaged because the disk failed.
    private func compare(
        _ digest: ContentDigest,
        _ fresh: FreshFile,
        in shard: Directory
    ) throws -> Published.Replaced? {
        do {
            let found = try shard.file(digest.hex, .reading)
            if try Self.digest(of: found) == digest { return nil }
        } catch {
            // What is there is no plain file of ours: as good as damaged.
            guard error.refusal != nil else { throw error }
        }
        return try replace(digest, fresh, in: shard)
    }

    /// Keeps aside what has the name and gives it to the right bytes.
    ///
    /// Dying before the exchange leaves the right bytes in quarantine, which harms nobody; after it
    /// the object is whole again and the log does not know of it. The name is never free between,
    /// so what the log speaks of is there at any moment (I6).
    private func replace(
        _ digest: ContentDigest,
        _ fresh: FreshFile,
        in shard: Directory
    ) throws -> Published.Replaced {
        for attempt in 1...1_000 {
            let kept = "\(digest.hex).\(attempt)"
            guard try fresh.link(in: quarantine, as: kept) else { continue }
            do {
                try shard.exchange(digest.hex, with: quarantine, kept)
            } catch {
                guard error.isUnsupported else { throw error }
                try swap(digest.hex, in: shard, kept)
            }
            try quarantine.sync()
            return Published.Replaced(digest: digest, kept: kept)
        }
        throw StoreError(.damaged(digest), "quarantine/ has a thousand copies of \(digest.hex)")
    }

    /// Where names cannot be exchanged.
    ///
    /// Dying between the two leaves the object missing, with its
    /// right bytes in quarantine; `verify` finds it.
    private func swap(_ name: String, in shard: Directory, _ kept: String) throws(DiskError) {
        try shard.moveWithoutReplacing(name, to: quarantine, as: "\(kept).damaged")
        try quarantine.moveWithoutReplacing(kept, to: shard, as: name)
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
