internal import LarkiveCore

/// A tree that grows leaf by leaf and keeps of each level only the row that is not full yet.
struct GrowingTree {
    /// A full row of one level, as it stands in a tile.
    struct Row {
        let tile: Tile
        let hashes: [TreeHash]
    }

    private var levels: [[TreeHash]] = [[]]
    private var peaks: [(height: Int, hash: TreeHash)] = []
    private(set) var size: Int64 = 0

    /// Returns the rows that became full.
    @discardableResult
    mutating func append(_ leaf: TreeHash) -> [Row] {
        size += 1
        var peak = (height: 0, hash: leaf)
        while let last = peaks.last, last.height == peak.height {
            peaks.removeLast()
            peak = (peak.height + 1, .node(last.hash, peak.hash))
        }
        peaks.append(peak)
        return fill(with: leaf)
    }

    private mutating func fill(with leaf: TreeHash) -> [Row] {
        var (full, arriving, level) = ([Row](), leaf, 0)
        while true {
            if levels.count == level { levels.append([]) }
            levels[level].append(arriving)
            guard levels[level].count == Tile.fullWidth else { return full }
            let hashes = levels[level]
            let end = size >> (Int64(level + 1) * Tile.height)
            full.append(Row(tile: Tile(level: level, index: end - 1), hashes: hashes))
            arriving = MerkleTree<TileDirectory>.perfectRoot(hashes[...])
            levels[level] = []
            level += 1
        }
    }

    /// The rows that are not full, one for each level that has one.
    var rest: [Row] {
        levels.enumerated().filter { !$0.element.isEmpty }.map { level, hashes in
            let index = size >> (Int64(level + 1) * Tile.height)
            return Row(tile: Tile(level: level, index: index), hashes: hashes)
        }
    }

    var root: TreeHash {
        guard var root = peaks.last?.hash else { return .zero }
        for peak in peaks.dropLast().reversed() { root = .node(peak.hash, root) }
        return root
    }
}
