import LarkiveCore
import Testing

@testable import LarkiveVault

@Suite struct ExportPartsTests {
    @Test(arguments: [
        ("data/a b.pdf", "data/a b.pdf"), ("data/100%.pdf", "data/100%25.pdf"),
        ("data/%0A", "data/%250A"), ("data/a\nb\r", "data/a%0Ab%0D"), ("data/报价", "data/报价"),
    ])
    func `a manifest encodes line ends and percent signs and nothing else`(
        path: String,
        written: String
    ) {
        #expect(BagManifest.encoded(path) == written)
    }

    @Test func `a table has a header, doubles quotes and shows what cannot be seen`() {
        let table = Table(["a", "b", "c", "d"])
        let row: JSONObject = [
            "a": "x,\"y\"", "b": "line\nfeed\u{202E}\\", "c": [1, 2], "d": nil,
        ]
        #expect(table.header == "a,b,c,d\r\n")
        #expect(
            table.line(of: row) == "\"x,\"\"y\"\"\",line\\u{a}feed\\u{202e}\\u{5c},1 2,\r\n"
        )
    }

    @Test(arguments: [1, 2, 255, 256, 257, 1_000, 65_536, 65_537])
    func `a tree with tiles that are kept gives the proofs of one without`(size: Int) throws {
        let tiles = MemoryTiles()
        var tree = MerkleTree(tiles: tiles, size: 0)
        try tree.append((0..<size).map { .leaf(Array(String($0).utf8)) })
        let count = Int64(size)
        let kept = MerkleTree(tiles: CachedTiles(tiles, size: count), size: count)
        for index in Set([0, 1, count / 3, count / 2, count - 2, count - 1])
        where (0..<count).contains(index) {
            #expect(try kept.path(of: index, at: count) == tree.path(of: index, at: count))
        }
        #expect(try kept.root(at: count) == tree.root(at: count))
    }

    @Test func `names in a bag are composed and hold no percent sign`() {
        #expect(BagLayout.plain("cafe\u{301}.txt").unicodeScalars.count == 8)
        #expect(BagLayout.plain("50%.txt") == "50_.txt")
    }
}
