internal import LarkiveCore

/// Tiles that are made again from the segments, beside those in use until they are whole.
///
/// Tiles are derived: what the records give is right, when its root is the signed one.
struct FreshTiles {
    private static let tile = "tile"

    /// `quarantine/tiles.<time>`, where they are made and the former ones end up.
    private let folder: Directory
    private let quarantine: Directory
    private let size: Int64

    /// Dying while they are made leaves a part of them in quarantine, and the log as it was.
    init(from segments: Segments, in quarantine: Directory, at now: Timestamp) throws {
        self.quarantine = quarantine
        folder = try Self.folder(in: quarantine, at: now)
        _ = try folder.makeDirectory(Self.tile)
        var tree = MerkleTree(tiles: TileDirectory(directory: folder), size: 0)
        for name in try segments.all() {
            let former = tree.size
            try tree.append(try OpenedLog.leaves(of: name, in: segments, from: former))
            try tree.tiles.prune(from: former, to: tree.size)
        }
        size = tree.size
    }

    private static func folder(in quarantine: Directory, at now: Timestamp) throws -> Directory {
        let name = "tiles.\(now.milliseconds)"
        var (free, count) = (name, 0)
        while try quarantine.look(at: free) != nil {
            count += 1
            free = "\(name).\(count)"
        }
        return try quarantine.makeDirectory(free)
    }

    /// Puts them in the place of those in use, in one step.
    ///
    /// They hold every hash of a sealed record that the former ones held, so that whoever dies
    /// after this leaves a log that says what it said before.
    func takeOver(in tlog: Directory) throws -> MerkleTree<TileDirectory> {
        if try tlog.look(at: Self.tile) == nil {
            try folder.moveWithoutReplacing(Self.tile, to: tlog, as: Self.tile)
        } else {
            try exchange(in: tlog)
        }
        try tlog.sync()
        try folder.sync()
        return MerkleTree(tiles: TileDirectory(directory: tlog), size: size)
    }

    private func exchange(in tlog: Directory) throws {
        do {
            try tlog.exchange(Self.tile, with: folder, Self.tile)
        } catch {
            guard error.isUnsupported else { throw error }
            // Dying between the two leaves a log without tiles, which the next opening makes again.
            try tlog.moveWithoutReplacing(Self.tile, to: folder, as: "former")
            try folder.moveWithoutReplacing(Self.tile, to: tlog, as: Self.tile)
        }
    }
}
