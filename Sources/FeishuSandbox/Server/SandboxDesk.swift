import Synchronization

/// The platform behind its lock, with the clock and the digests beside it.
final class SandboxDesk: Sendable {
    private let clock: SandboxClock
    private let platform: Mutex<Platform>
    private let digests = DigestCache()

    init(_ platform: Platform, clock: SandboxClock) {
        self.platform = Mutex(platform)
        self.clock = clock
    }

    func answer(_ call: Call) -> Answer {
        let date = SandboxClock.system()
        return platform.withLock { platform in
            // Inside the lock, so that calls are counted in the order of their moments.
            var answer = platform.answer(call, at: clock.now)
            let offset = platform.world.quirks.dateOffset
            if offset != .zero {
                answer.headers.append(Header("Date", date.advanced(by: offset).httpDate))
            }
            return answer
        }
    }

    func signIn(_ scopes: Set<String>?) -> UserTokens? {
        let now = clock.now
        return platform.withLock { $0.signIn(scopes, at: now) }
    }

    /// Hashes outside the lock: a large file must not keep callers waiting.
    func truth(as identity: SandboxIdentity) -> [TruthLine] {
        platform.withLock { $0.world }.truth(as: identity) { digests.digest(of: $0) }
    }

    func advance(by duration: Duration) { clock.advance(by: duration) }

    func withPlatform<Result: Sendable>(
        _ body: (inout Platform) throws -> sending Result
    ) rethrows -> sending Result {
        try platform.withLock { try body(&$0) }
    }
}
