import Synchronization

/// How often a whole run may try again, calls and downloads together.
///
/// Each call has tries of its own; but when much fails, asking four times for everything helps
/// neither the platform nor the run. Waiting as told for the rate limit costs nothing here.
final class RetryBudget: Sendable {
    static let atFirst = 20
    /// So many calls earn one more retry.
    static let callsPerRetry = 10

    private let left = Mutex((retries: atFirst, calls: 0))

    func called() {
        left.withLock { left in
            left.calls += 1
            if left.calls % Self.callsPerRetry == 0 { left.retries += 1 }
        }
    }

    /// Takes one retry from what is left.
    func mayRetry() -> Bool {
        left.withLock { left in
            guard left.retries > 0 else { return false }
            left.retries -= 1
            return true
        }
    }
}
