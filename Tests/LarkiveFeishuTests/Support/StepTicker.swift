import Synchronization

@testable import LarkiveFeishu

/// Time that jumps to wherever somebody wants to sleep until.
final class StepTicker: Ticker {
    private let time = Mutex(Duration.zero)

    var now: Duration { time.withLock { $0 } }

    func sleep(until end: Duration) async throws(CancellationError) {
        guard !Task.isCancelled else { throw CancellationError() }
        time.withLock { $0 = max($0, end) }
    }

    func advance(by step: Duration) { time.withLock { $0 += step } }
}

/// Numbers from a seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Jitter {
    /// The middle, always.
    static let half = Jitter { 0.5 }
}
