internal import LarkiveCore

/// A tree that keeps its hashes by level, 256 to one of the next.
struct GrowingTree {
    private(set) var levels: [[TreeHash]] = [[]]
    private var peaks: [(height: Int, hash: TreeHash)] = []
    private(set) var size: Int64 = 0

    mutating func append(_ leaf: TreeHash) {
        size += 1
        levels[0].append(leaf)
        for level in 0..<levels.count where levels[level].count.isMultiple(of: Tile.fullWidth) {
            guard !levels[level].isEmpty, size.isMultiple(of: 1 << (8 * Int64(level + 1))) else {
                break
            }
            if levels.count == level + 1 { levels.append([]) }
            levels[level + 1].append(
                MerkleTree<TileDirectory>.perfectRoot(levels[level].suffix(Tile.fullWidth))
            )
        }
        var peak = (height: 0, hash: leaf)
        while let last = peaks.last, last.height == peak.height {
            peaks.removeLast()
            peak = (peak.height + 1, .node(last.hash, peak.hash))
        }
        peaks.append(peak)
    }

    var root: TreeHash {
        guard var root = peaks.last?.hash else { return .zero }
        for peak in peaks.dropLast().reversed() { root = .node(peak.hash, root) }
        return root
    }
}
