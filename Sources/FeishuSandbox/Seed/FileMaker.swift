/// Makes up files: names, sizes, and contents that now and then occur twice.
struct FileMaker {
    let seed: UInt64
    var generator: SeededGenerator

    /// Contents with small numbers belong to the company and turn up in every mailbox.
    private static let shared = 40

    init(seed: UInt64, stream: String) {
        self.seed = seed
        generator = SeededGenerator(seed: seed ^ StableHash.value(stream))
    }

    mutating func name() -> String {
        let (stem, ending) = generator.pick(Workplace.files)
        return generator.chance(percent: 25)
            ? stem + ending : "\(stem) \(generator.below(900))\(ending)"
    }

    /// One file in five is a copy of one of the company's own.
    mutating func content() -> World.Content {
        guard generator.chance(percent: 20) else { return fresh(size()) }
        return common(generator.below(Self.shared))
    }

    /// A file that nobody else has.
    mutating func fresh(_ count: Int) -> World.Content {
        .generated(seed: seed, id: generator.next() | 1 << 32, count: count)
    }

    /// A file of the company, the same in every mailbox.
    func common(_ id: Int) -> World.Content {
        var sizes = SeededGenerator(seed: seed ^ UInt64(id))
        return .generated(seed: seed, id: UInt64(id), count: 4096 + sizes.below(61_440))
    }

    /// Mostly 4 to 64 KiB; a few tiny, a few up to 400 KiB.
    private mutating func size() -> Int {
        switch generator.below(100) {
        case 0: 0
        case 1...6: 1 + generator.below(4095)
        case 7...95: 4096 + generator.below(61_440)
        default: 65_536 + generator.below(344_064)
        }
    }
}
