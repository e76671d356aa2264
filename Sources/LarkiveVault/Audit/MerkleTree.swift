internal import LarkiveCore

/// Where the hash tiles of a tree are kept.
///
/// A tile holds up to 256 hashes of one level; level n counts perfect subtrees of 256^n leaves
/// (C2SP tlog-tiles).
protocol TileStore: Sendable {
    /// The first `width` hashes of a tile; throws when the tile is missing or shorter.
    func read(_ tile: Tile, width: Int) throws(AuditError) -> [TreeHash]
    /// Keeps a tile durably; writing the same hashes again is no error.
    func write(_ tile: Tile, _ hashes: [TreeHash]) throws(AuditError)
    /// The root over `count` hashes of a tile, a power of two, from one that is a multiple of it.
    func root(of tile: Tile, from offset: Int, count: Int) throws(AuditError) -> TreeHash
}

extension TileStore {
    func root(of tile: Tile, from offset: Int, count: Int) throws(AuditError) -> TreeHash {
        let row = try read(tile, width: offset + count)
        return MerkleTree<Self>.perfectRoot(row[offset...])
    }
}

struct Tile: Hashable, Sendable {
    static let height: Int64 = 8
    static let fullWidth = 256

    let level: Int
    let index: Int64
}

/// The RFC 6962 tree over the records, read from and extended in its tiles.
struct MerkleTree<Tiles: TileStore>: Sendable {
    let tiles: Tiles
    private(set) var size: Int64

    init(tiles: Tiles, size: Int64) {
        self.tiles = tiles
        self.size = size
    }

    /// Adds leaves at the end; every tile that changes is kept before the next level is begun.
    mutating func append(_ leaves: [TreeHash]) throws(AuditError) {
        var (level, arriving) = (0, leaves)
        while !arriving.isEmpty {
            arriving = try extend(level: level, with: arriving)
            level += 1
        }
        size += Int64(leaves.count)
    }

    /// Appends to the rightmost tiles of a level; returns the roots of those that became full.
    private func extend(level: Int, with hashes: [TreeHash]) throws(AuditError) -> [TreeHash] {
        let present = size >> (Int64(level) * Tile.height)
        var index = present / Int64(Tile.fullWidth)
        let width = Int(present % Int64(Tile.fullWidth))
        var row = width == 0 ? [] : try tiles.read(Tile(level: level, index: index), width: width)
        row += hashes
        var roots: [TreeHash] = []
        while row.count >= Tile.fullWidth {
            let full = Array(row.prefix(Tile.fullWidth))
            try tiles.write(Tile(level: level, index: index), full)
            roots.append(Self.perfectRoot(full[...]))
            row.removeFirst(Tile.fullWidth)
            index += 1
        }
        if !row.isEmpty { try tiles.write(Tile(level: level, index: index), row) }
        return roots
    }

    /// The root over the first `count` leaves, which may be fewer than there are.
    func root(at count: Int64) throws(AuditError) -> TreeHash {
        guard count <= size else { throw AuditError(.damaged, "tree of \(size) asked at \(count)") }
        return try root(from: 0, count: count)
    }

    /// The root over `count` leaves from one that is a multiple of the power of two above `count`.
    func root(from first: Int64, count: Int64) throws(AuditError) -> TreeHash {
        var (start, subtrees) = (first, [TreeHash]())
        for height in stride(from: Int64(62), through: 0, by: -1) where count & (1 << height) != 0 {
            subtrees.append(try perfectSubtree(height: height, start: start))
            start += 1 << height
        }
        guard var root = subtrees.popLast() else { return .of([UInt8]()) }
        while let left = subtrees.popLast() { root = .node(left, root) }
        return root
    }

    private func perfectSubtree(height: Int64, start: Int64) throws(AuditError) -> TreeHash {
        let level = height / Tile.height
        let count = 1 << Int(height % Tile.height)
        let first = start >> (level * Tile.height)
        let tile = Tile(level: Int(level), index: first / Int64(Tile.fullWidth))
        let offset = Int(first % Int64(Tile.fullWidth))
        return try tiles.root(of: tile, from: offset, count: count)
    }

    /// The root of a power of two of neighbours.
    static func perfectRoot(_ hashes: ArraySlice<TreeHash>) -> TreeHash {
        var row = Array(hashes)
        while row.count > 1 {
            row = stride(from: 0, to: row.count, by: 2).map { .node(row[$0], row[$0 + 1]) }
        }
        return row[0]
    }
}
