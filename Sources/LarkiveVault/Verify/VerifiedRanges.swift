package import LarkiveCore

/// Which objects were read when, by ranges of their digests; the newest look counts.
///
/// Stands in the manifest's `meta` under `verified`, folded from `verify.finished`.
package struct VerifiedRanges: Equatable, Sendable {
    static let metaName = "verified"
    /// So many and no more: beyond that neighbours count with the older time of the two.
    static let most = 512

    package struct Range: Equatable, Sendable {
        package let from: ContentDigest
        /// The first digest that is no longer in it; nil for the end of all digests.
        package let to: ContentDigest?
        /// When the reading began.
        package let time: String
    }

    package private(set) var ranges: [Range] = []
    /// Where the next look goes on.
    package private(set) var next = ContentDigest.smallest

    package init() {}

    /// Adds a look that went round from `from` to before `to`, through everything when they are
    /// equal, without `unread`.
    package mutating func add(
        from: ContentDigest,
        to: ContentDigest,
        without unread: [ContentDigest],
        at time: String
    ) {
        if from < to {
            insert(from, to, unread, time)
        } else {
            let start = from == to ? ContentDigest.smallest : from
            insert(start, nil, unread, time)
            if from != to { insert(.smallest, to, unread, time) }
        }
        next = to
        tidy()
    }

    private mutating func insert(
        _ from: ContentDigest,
        _ to: ContentDigest?,
        _ unread: [ContentDigest],
        _ time: String
    ) {
        var start: ContentDigest? = from
        for hole in unread.sorted() where from <= hole && to.map({ hole < $0 }) ?? true {
            if let begun = start { insert(begun, hole, time) }
            start = hole.successor
        }
        if let start { insert(start, to, time) }
    }

    private mutating func insert(_ from: ContentDigest, _ to: ContentDigest?, _ time: String) {
        if let to, to <= from { return }
        var kept: [Range] = []
        for range in ranges {
            if range.from < from {
                let end = range.to.map { min($0, from) } ?? from
                kept.append(Range(from: range.from, to: end, time: range.time))
            }
            if let to, range.to.map({ to < $0 }) ?? true {
                kept.append(Range(from: max(range.from, to), to: range.to, time: range.time))
            }
        }
        ranges = (kept + [Range(from: from, to: to, time: time)]).sorted { $0.from < $1.from }
    }

    private mutating func tidy() {
        ranges = Self.joined(ranges) { $0.time == $1.time }
        while ranges.count > Self.most {
            var isFirst = true
            let count = ranges.count
            ranges = Self.joined(ranges) { _, _ in
                defer { isFirst = false }
                return isFirst
            }
            // Ranges with gaps between them cannot be joined: the first is forgotten.
            if ranges.count == count { ranges.removeFirst() }
        }
    }

    private static func joined(_ ranges: [Range], _ may: (Range, Range) -> Bool) -> [Range] {
        ranges.reduce(into: []) { result, range in
            guard let last = result.last, last.to == range.from, may(last, range) else {
                return result.append(range)
            }
            let time = min(last.time, range.time)
            result[result.count - 1] = Range(from: last.from, to: range.to, time: time)
        }
    }
}

extension VerifiedRanges {
    package init?(text: String) {
        guard let value = try? JSONReader.read(Array(text.utf8)),
            let next = value["next"]?.string.flatMap({ ContentDigest(hex: $0) }),
            let list = value["ranges"]?.array
        else { return nil }
        self.next = next
        ranges = list.compactMap { item in
            guard let from = item["from"]?.string.flatMap({ ContentDigest(hex: $0) }),
                let time = item["time"]?.string
            else { return nil }
            let to = item["to"]?.string.flatMap { ContentDigest(hex: $0) }
            return Range(from: from, to: to, time: time)
        }
    }

    package var text: String {
        JSONWriter.text(
            of: .object([
                "next": .string(next.hex),
                "ranges": .array(
                    ranges.map { range in
                        .object([
                            "from": .string(range.from.hex),
                            "to": range.to.map { .string($0.hex) },
                            "time": .string(range.time),
                        ])
                    }
                ),
            ])
        )
    }
}

extension ContentDigest {
    /// Before all others.
    static var smallest: ContentDigest {
        ContentDigest(bytes: [UInt8](repeating: 0, count: byteCount)) ?? .zero
    }

    /// The one after it; nil after the last.
    var successor: ContentDigest? {
        var bytes = bytes
        for place in bytes.indices.reversed() {
            bytes[place] &+= 1
            if bytes[place] != 0 { return ContentDigest(bytes: bytes) }
        }
        return nil
    }
}
