import LarkiveCore
import LarkiveTesting
import Synchronization
import Testing

@testable import LarkiveVault

@Suite struct MerkleTreeTests {
    /// The definition of RFC 6962 section 2.1, word for word.
    private static func root(_ leaves: ArraySlice<TreeHash>) -> TreeHash {
        if leaves.isEmpty { return .of([UInt8]()) }
        if leaves.count == 1 { return leaves[leaves.startIndex] }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        let middle = leaves.startIndex + half
        return .node(root(leaves[..<middle]), root(leaves[middle...]))
    }

    private static func leaves(_ count: Int) -> [TreeHash] {
        (0..<count).map { .leaf(Array(String($0).utf8)) }
    }

    @Test func `the empty root and the first leaf are those of the RFC`() {
        #expect(
            ContentDigest.of([UInt8]()).hex
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
        #expect(
            ContentDigest.leaf([]).hex
                == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        )
    }

    @Test(arguments: UInt64(0)..<20)
    func `roots from tiles are those of the definition at every size`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var tree = MerkleTree(tiles: MemoryTiles(), size: 0)
        var growing = GrowingTree()
        let leaves = Self.leaves(Int.random(in: 1...1_500, using: &random))
        var rest = leaves[...]
        while !rest.isEmpty {
            let some = rest.prefix(Int.random(in: 1...400, using: &random))
            rest = rest.dropFirst(some.count)
            try tree.append(Array(some))
            for leaf in some { growing.append(leaf) }
            #expect(growing.root == Self.root(leaves[..<rest.startIndex]))
        }
        for _ in 0..<20 {
            let count = Int.random(in: 0...leaves.count, using: &random)
            #expect(try tree.root(at: Int64(count)) == Self.root(leaves[..<count]))
        }
    }

    @Test func `the third level is reached and read`() throws {
        let leaves = Self.leaves(256 * 256 + 300)
        var tree = MerkleTree(tiles: MemoryTiles(), size: 0)
        try tree.append(leaves)
        #expect(try tree.root(at: Int64(leaves.count)) == Self.root(leaves[...]))
        #expect(try tree.root(at: 65_536) == Self.root(leaves[..<65_536]))
        var growing = GrowingTree()
        var full: [GrowingTree.Row] = []
        for leaf in leaves { full += growing.append(leaf) }
        #expect(full.map(\.tile.level).filter { $0 == 0 }.count == 257)
        #expect(full.last?.tile == Tile(level: 0, index: 256))
        #expect(full.filter { $0.tile.level == 1 }.map(\.tile.index) == [0])
        #expect(growing.rest.map(\.hashes.count) == [44, 1, 1])
        #expect(growing.rest.map(\.tile.index) == [257, 1, 0])
    }

    @Test(arguments: [
        (Int64(0), "tile/0/000"), (999, "tile/0/999"), (1_234_067, "tile/0/x001/x234/067"),
    ])
    func `tiles have the paths of C2SP`(index: Int64, path: String) {
        #expect(Tile(level: 0, index: index).path == path)
    }
}

/// Tiles in memory; a tile that shrinks or changes is a failure.
final class MemoryTiles: TileStore {
    private let tiles = Mutex<[Tile: [TreeHash]]>([:])

    func read(_ tile: Tile, width: Int) throws(AuditError) -> [TreeHash] {
        let row = tiles.withLock { $0[tile] ?? [] }
        guard row.count >= width else { throw AuditError(.damaged, tile.path) }
        return Array(row.prefix(width))
    }

    func write(_ tile: Tile, _ hashes: [TreeHash]) throws(AuditError) {
        let former = tiles.withLock { $0.updateValue(hashes, forKey: tile) } ?? []
        #expect(Array(hashes.prefix(former.count)) == former)
    }
}
