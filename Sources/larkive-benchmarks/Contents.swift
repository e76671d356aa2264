import LarkiveCore
import LarkiveVault

/// Bytes that hang in many places, as real objects of the archive.
struct Contents: Sendable {
    struct Content: Sendable {
        let digest: ContentDigest
        let size: Int64
    }

    /// How many objects are named at once.
    private static let group = 256
    /// So many are far larger than all others.
    static let giants = 4
    static let giantSize = 48 << 20

    private let all: [Content]

    static func make(
        _ count: Int,
        seed: UInt64,
        in objects: DiskObjectStore
    ) async throws -> Contents {
        var draw = Draw(seed: seed)
        var all: [Content] = []
        while all.count < count {
            var staged: [Staged] = []
            for index in all.count..<min(count, all.count + group) {
                let size = index >= count - giants ? giantSize : 200 + draw.skewed(below: 16_000)
                staged.append(try await write(index, seed, size, into: objects))
            }
            _ = try await objects.publish(staged)
            for item in staged { await item.scratch.discard() }
            all += staged.map { Content(digest: $0.digest, size: $0.size) }
        }
        return Contents(all: all)
    }

    private static func write(
        _ index: Int,
        _ seed: UInt64,
        _ size: Int,
        into objects: DiskObjectStore
    ) async throws -> Staged {
        let scratch = try objects.open(expecting: Int64(size))
        let line = Array("content \(index) of the benchmark with the seed \(seed)\n".utf8)
        let block = Array(repeatElement(line, count: 1 + min(size, 1 << 20) / line.count).joined())
        var rest = size
        while rest > 0 {
            try await scratch.append(Array(block.prefix(rest)))
            rest -= min(rest, block.count)
        }
        return try await scratch.finish()
    }

    /// The picture that hangs below every tenth mail.
    var logo: Content { all[0] }
    /// What was sent around to everybody.
    var circular: Content { all[1] }
    var giants: ArraySlice<Content> { all.suffix(Self.giants) }

    /// A few hang in very many places.
    func one(with draw: inout Draw) -> Content {
        let ordinary = all.count - Self.giants - 2
        let index = draw.once(in: 5) ? draw.skewed(below: ordinary) : draw.below(ordinary)
        return all[2 + index]
    }
}
