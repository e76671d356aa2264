/// Draws that a seed reproduces.
struct Draw: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next(upperBound: UInt64(bound))) }

    /// True once in so many times.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }

    mutating func one<Item>(of items: [Item]) -> Item { items[below(items.count)] }

    /// Small numbers far more often than large ones.
    mutating func skewed(below bound: Int) -> Int {
        let unit = Double(next() >> 11) / Double(1 << 53)
        return min(bound - 1, Int(unit * unit * unit * Double(bound)))
    }

    mutating func text(_ count: Int, of alphabet: [Character]) -> String {
        String((0..<count).map { _ in one(of: alphabet) })
    }
}

extension Draw {
    static let base64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    static let hex = Array("0123456789abcdef")

    /// As the platform names messages.
    mutating func messageID() -> String { text(30, of: Self.base64) + "==" }

    mutating func guid() -> String {
        [8, 4, 4, 4, 12].map { text($0, of: Self.hex) }.joined(separator: "-")
    }

    mutating func fileToken() -> String { "boxcn" + text(22, of: Self.letters) }
}
