internal import LarkiveCore
internal import Synchronization

/// Tiles of a tree that is read from beginning to end: each is read and hashed once.
final class CachedTiles<Tiles: TileStore>: TileStore {
    /// Enough for all levels of any log, where leaves are asked for in their order.
    private static var most: Int { 64 }

    private let tiles: Tiles
    private let size: Int64
    /// Of each tile its hashes, then the roots over each two of them, and so on.
    private let known = Mutex<[Tile: [[TreeHash]]]>([:])

    init(_ tiles: Tiles, size: Int64) {
        self.tiles = tiles
        self.size = size
    }

    func read(_ tile: Tile, width: Int) throws(AuditError) -> [TreeHash] {
        Array(try rows(of: tile)[0].prefix(width))
    }

    func write(_ tile: Tile, _ hashes: [TreeHash]) throws(AuditError) {
        try tiles.write(tile, hashes)
    }

    func root(of tile: Tile, from offset: Int, count: Int) throws(AuditError) -> TreeHash {
        let rows = try rows(of: tile)
        let (height, place) = (count.trailingZeroBitCount, offset / count)
        guard height < rows.count, place < rows[height].count else {
            throw AuditError(.damaged, "tile \(tile.path) is too short")
        }
        return rows[height][place]
    }

    private func rows(of tile: Tile) throws(AuditError) -> [[TreeHash]] {
        if let rows = known.withLock({ $0[tile] }) { return rows }
        let present = size >> (Int64(tile.level) * Tile.height)
        let first = tile.index * Int64(Tile.fullWidth)
        let width = Int(min(Int64(Tile.fullWidth), present - first))
        var rows = [try tiles.read(tile, width: max(0, width))]
        while let row = rows.last, row.count > 1 {
            rows.append((0..<row.count / 2).map { .node(row[2 * $0], row[2 * $0 + 1]) })
        }
        let made = rows
        known.withLock { known in
            if known.count >= Self.most { known = [:] }
            known[tile] = made
        }
        return made
    }
}
