internal import LarkiveCore

/// Tiles that are made again from the segments, beside those in use until they are whole.
///
/// Tiles are derived: what the records give is right, when its root is the signed one.
struct FreshTiles {
    private static let tile = "tile"
    private static let atOnce = 1 << 16

    /// `quarantine/tiles.<time>`, where they are made and the former ones end up.
    private let folder: Directory
    private let name: String
    private let quarantine: Directory
    private let size: Int64

    /// Dying while they are made leaves a part of them in quarantine, and the log as it was; what
    /// fails leaves nothing.
    init(from segments: Segments, in quarantine: Directory, at now: Timestamp) throws {
        self.quarantine = quarantine
        name = try quarantine.freeName("tiles.\(now.milliseconds)")
        folder = try quarantine.makeDirectory(name)
        do {
            size = try Self.fill(folder, from: segments)
        } catch {
            Self.discard(folder, name, in: quarantine)
            throw error
        }
    }

    private static func fill(_ folder: Directory, from segments: Segments) throws -> Int64 {
        _ = try folder.makeDirectory(tile)
        var tree = MerkleTree(tiles: TileDirectory(directory: folder), size: 0)
        var leaves: [TreeHash] = []
        let names = try segments.all()
        for name in names {
            let size = tree.size + Int64(leaves.count)
            leaves += try OpenedLog.leaves(of: name, in: segments, from: size)
            // Many at a time: each step writes partial tiles that the next one replaces.
            guard leaves.count >= atOnce || name == names.last else { continue }
            let former = tree.size
            try tree.append(leaves)
            try tree.tiles.prune(from: former, to: tree.size)
            leaves = []
        }
        return tree.size
    }

    /// Takes tiles away that are of no use to anybody; they hold nothing that the segments do not.
    func discard() { Self.discard(folder, name, in: quarantine) }

    private static func discard(_ folder: Directory, _ name: String, in quarantine: Directory) {
        try? folder.empty()
        try? quarantine.removeFolder(name)
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
        // Only where there were no former ones.
        try? quarantine.removeFolder(name)
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
