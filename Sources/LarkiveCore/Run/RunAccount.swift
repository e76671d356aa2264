/// Bounds that an operator sets for one run; nil where there is none.
package struct RunLimits: Hashable, Sendable {
    /// Nothing new is begun after this moment.
    package var deadline: Timestamp?
    /// Downloaded bytes after which no other download is begun.
    package var bytes: Int64?
    /// Failed items after which the run ends.
    package var errors: Int64?

    package init(deadline: Timestamp? = nil, bytes: Int64? = nil, errors: Int64? = nil) {
        self.deadline = deadline
        self.bytes = bytes
        self.errors = errors
    }
}

/// What ended a run before its work was done.
package enum StopCause: Hashable, Sendable {
    case signal(ExitCode)
    /// A bound of ``RunLimits``, in words.
    case limit(String)
    case quota
    /// The platform refuses our credentials: nothing more will come.
    case credentials(String)
}

/// Keeps count of what a run has cost, and says when it has to end.
package actor RunAccount {
    private let limits: RunLimits
    private let clock: any WallClock
    private(set) var bytesDownloaded: Int64 = 0
    private var errors: Int64 = 0
    private(set) var cause: StopCause?
    /// Whether the end was reached by a bound on downloads alone: walks go on.
    private var fetchesEnded = false
    private var isStopped = false
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var isClosed = false

    init(limits: RunLimits, clock: any WallClock) {
        self.limits = limits
        self.clock = clock
    }

    func add(bytes: Int64) {
        bytesDownloaded += bytes
        guard let most = limits.bytes, bytesDownloaded >= most, !fetchesEnded else { return }
        fetchesEnded = true
        cause = cause ?? .limit("--max-bytes is reached")
        wake()
    }

    func addError() {
        errors += 1
        if let most = limits.errors, errors >= most { stop(.limit("--max-errors is reached")) }
    }

    /// Ends the run; the first cause counts.
    func stop(_ cause: StopCause) {
        if self.cause == nil || fetchesEnded { self.cause = cause }
        isStopped = true
        wake()
    }

    /// Whether another walk, page or download may begin.
    func mayGoOn() -> Bool {
        if let deadline = limits.deadline, clock.now() >= deadline {
            stop(.limit("--max-duration is over"))
        }
        return !isStopped
    }

    /// Returns when downloads have to end, or when nobody works any more.
    func ended() async {
        guard !fetchesEnded, !isStopped, !isClosed else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    /// Returns when everything has to end, or when nobody works any more.
    func stopped() async {
        while !isStopped, !isClosed { await withCheckedContinuation { waiters.append($0) } }
    }

    /// Says that nobody works any more.
    func close() {
        isClosed = true
        wake()
    }

    private func wake() {
        let woken = waiters
        waiters = []
        for waiter in woken { waiter.resume() }
    }
}
