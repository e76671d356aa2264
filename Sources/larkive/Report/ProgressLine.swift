import LarkiveCore
import Synchronization

/// Shows how a run goes on: one line on a terminal, drawn over itself; nothing elsewhere.
final class ProgressLine: RunObserver {
    fileprivate struct State {
        var sources = 0
        var ended = 0
        var listed = 0
        var wanted: Int64 = 0
        var settled: Int64 = 0
        var bytes: Int64 = 0
        /// Calls for links of mail that the run needs.
        var linkCalls = 0
        var drawn: ContinuousClock.Instant?
        var isShown = false
    }

    private static let interval = Duration.milliseconds(200)

    private let isVisible: Bool
    private let total: Int
    /// Calls for links of mail that were made so far: the platform allows one a second.
    private let linkCallsMade: @Sendable () -> Int64
    private let began = ContinuousClock.now
    private let state = Mutex(State())

    init(
        isVisible: Bool,
        sources: Int,
        linkCallsMade: @escaping @Sendable () -> Int64 = { 0 }
    ) {
        self.isVisible = isVisible
        total = sources
        self.linkCallsMade = linkCallsMade
    }

    func observe(_ progress: Progress) {
        guard isVisible else { return }
        let line = state.withLock { state -> String? in
            state.note(progress)
            let now = ContinuousClock.now
            if let drawn = state.drawn, now - drawn < Self.interval { return nil }
            state.drawn = now
            state.isShown = true
            return text(state, after: now - began)
        }
        if let line { Terminal.raw("\r\u{1B}[K\(line)") }
    }

    /// Takes the line away, before other words come.
    func clear() {
        let wasShown = state.withLock { state in
            defer { state.isShown = false }
            return state.isShown
        }
        if wasShown { Terminal.raw("\r\u{1B}[K") }
    }

    private func text(_ state: State, after time: Duration) -> String {
        let seconds = max(Double(time.components.seconds), 1)
        let rate = Int64(Double(state.bytes) / seconds)
        var text =
            "larkive: source \(state.ended) of \(total), \(state.listed) listed, "
            + "\(state.settled) of \(state.wanted) attachments, \(Figures.bytes(state.bytes)), "
            + "\(Figures.bytes(rate))/s"
        if let left = secondsLeft(state, after: seconds) {
            text += ", about \(Figures.duration(left)) left"
        }
        return text
    }
}

extension ProgressLine {
    /// By the calls that are left where they are the slowest part, else by the pace so far.
    private func secondsLeft(_ state: State, after seconds: Double) -> Double? {
        let left = state.wanted - state.settled
        guard left > 0 else { return nil }
        let byCalls = Double(max(0, Int64(state.linkCalls) - linkCallsMade()))
        guard state.settled > 0 else { return byCalls > 0 ? byCalls : nil }
        return max(byCalls, seconds / Double(state.settled) * Double(left))
    }
}

extension ProgressLine.State {
    fileprivate mutating func note(_ progress: Progress) {
        switch progress {
        case .sourceBegun: sources += 1
        case .sourceEnded: ended += 1
        case .listed(let count): listed += count
        case .wanted(let count, _, let calls):
            wanted += Int64(count)
            linkCalls += calls
        case .held(_, let size, _): (settled, bytes) = (settled + 1, bytes + size)
        case .failed: settled += 1
        case .unread: break
        }
    }
}
