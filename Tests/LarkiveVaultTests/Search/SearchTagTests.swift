import LarkiveTesting
import Testing

@testable import LarkiveVault

/// The tags by which sizes are found.
@Suite struct SearchTagTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a range has the tags of its sizes, and of none far from it`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let most = Int64.random(
                in: 0...(1 << Int.random(in: 0...40, using: &random)),
                using: &random
            )
            let least = Int64.random(in: 0...most, using: &random)
            let tags = SearchTag.sizes(from: least, to: most)
            let between = Int64.random(in: least...most, using: &random)
            for size in [least, most, between] {
                let found = Set(SearchTag.sizes(size)).intersection(tags)
                #expect(found.count == 1, "seed \(seed): \(size) in \(least)...\(most)")
            }
            for size in [least - least / 8 - 2, most + most / 8 + 2] where size > 0 {
                let found = Set(SearchTag.sizes(size)).intersection(tags)
                #expect(found.isEmpty, "seed \(seed): \(size), \(least)...\(most)")
            }
        }
    }

    @Test func `an open range is not hundreds of tags`() {
        #expect(SearchTag.sizes(from: 14 << 10, to: nil).count < 64)
        #expect(SearchTag.sizes(from: nil, to: 14 << 10).count < 32)
        #expect(SearchTag.sizes(from: 3, to: 2).isEmpty)
    }
}
