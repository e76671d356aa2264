@testable import LarkiveFeishu

/// A platform that counts calls, and eager callers of it, in simulated seconds.
///
/// Each caller has a limiter of its own and a clock that is a little off; each call takes its time
/// to arrive and its answer to come back, and nobody wakes up on the dot.
struct PlatformPlay {
    /// How a platform may count: which one does is not documented.
    enum Counting: CaseIterable, Sendable { case sliding, fixed, opened }

    struct Network: Sendable {
        var out: ClosedRange<Double>
        var back: ClosedRange<Double>
        var lateness = 0.002
        var skew = 0.000_1
        /// Whether the platform says to a fraction of a second how long to wait.
        var isExact = false

        static let near = Network(out: 0.000_5...0.002, back: 0.000_5...0.004)
        static let steady = Network(out: 0.019...0.021, back: 0.019...0.021)
        static let far = Network(out: 0.149...0.151, back: 0.149...0.151)
        static let shaky = Network(out: 0...0.15, back: 0...0.15)
    }

    /// From when until when somebody calls.
    typealias Caller = ClosedRange<Double>

    private static let calledAtOnce = 12

    private let network: Network
    private let callers: [Caller]
    private var random: SeededNumbers
    private var platform: CountingPlatform
    private var limits: [RateLimit]
    private var idle: [Int]
    private var isWaking: [Bool]
    private var agenda = Agenda()
    /// When calls were let through and when they were refused.
    private(set) var passed: [Double] = []
    private(set) var refused: [Double] = []

    init(
        _ windows: [RateWindow],
        _ counting: Counting,
        _ network: Network,
        callers: [Caller],
        seed: Int
    ) {
        self.network = network
        self.callers = callers
        random = SeededNumbers(seed: UInt64(seed))
        let offset = Double.random(in: 0..<60, using: &random)
        platform = CountingPlatform(windows, counting, offset: offset)
        limits = callers.map { RateLimit(windows, at: .seconds($0.lowerBound)) }
        idle = callers.map { _ in Self.calledAtOnce }
        isWaking = callers.map { _ in true }
        for (place, caller) in callers.enumerated() {
            agenda.add(.wake(place), at: caller.lowerBound)
        }
    }

    mutating func run() {
        while let (event, time) = agenda.next() {
            switch event {
            case .wake(let caller):
                isWaking[caller] = false
                ask(caller, time)
            case .arrive(let caller, let start): arrive(caller, start, time)
            case .answer(let caller, let start, let wait): answer(caller, start, wait, time)
            }
        }
    }

    /// What part of the permitted rate was in use between two times.
    func use(of windows: [RateWindow], in span: ClosedRange<Double>) -> Double {
        let rate = windows.map { Double($0.limit) / ($0.length / .seconds(1)) }.min() ?? 0
        let count = passed.count { span.contains($0) }
        return Double(count) / rate / (span.upperBound - span.lowerBound)
    }

    private func clock(_ time: Double) -> Duration { .seconds(time * (1 + network.skew)) }

    private mutating func ask(_ caller: Int, _ time: Double) {
        while idle[caller] > 0, time < callers[caller].upperBound {
            switch limits[caller].request(at: clock(time)) {
            case .go:
                idle[caller] -= 1
                let delay = Double.random(in: network.out, using: &random)
                agenda.add(.arrive(caller, start: time), at: time + delay)
            case .wait(let end):
                guard !isWaking[caller] else { return }
                isWaking[caller] = true
                let late = Double.random(in: 0...network.lateness, using: &random) + 1e-9
                let end = end / .seconds(1) / (1 + network.skew)
                agenda.add(.wake(caller), at: max(end, time) + late)
            }
        }
    }

    private mutating func arrive(_ caller: Int, _ start: Double, _ time: Double) {
        let wait = platform.admit(at: time)
        if wait == nil { passed.append(time) } else { refused.append(time) }
        let delay = Double.random(in: network.back, using: &random)
        agenda.add(.answer(caller, start: start, wait: wait), at: time + delay)
    }

    private mutating func answer(
        _ caller: Int,
        _ start: Double,
        _ wait: Double?,
        _ time: Double
    ) {
        limits[caller].answered(at: clock(time), started: clock(start))
        if let wait {
            let said = network.isExact ? wait : max(1, wait.rounded(.up))
            _ = limits[caller].refused(
                at: clock(time),
                started: clock(start),
                wait: ThrottleTime(.seconds(said))
            )
        }
        idle[caller] += 1
        ask(caller, time)
    }
}

/// Counts calls in windows; a call that is refused does not count.
private struct CountingPlatform {
    private let windows: [RateWindow]
    private let counting: PlatformPlay.Counting
    private let offset: Double
    private var calls: [Double] = []
    private var opened: [Double]
    private var used: [Int]

    init(_ windows: [RateWindow], _ counting: PlatformPlay.Counting, offset: Double) {
        self.windows = windows
        self.counting = counting
        self.offset = offset
        opened = windows.map { _ in -1_000 }
        used = windows.map { _ in 0 }
    }

    /// How long to wait; nil when the call may pass.
    mutating func admit(at time: Double) -> Double? {
        let waits = windows.indices.compactMap { wait(in: $0, at: time) }
        guard waits.isEmpty else { return waits.max() }
        calls.append(time)
        for place in windows.indices { used[place] += 1 }
        return nil
    }

    private mutating func wait(in place: Int, at time: Double) -> Double? {
        let limit = windows[place].limit
        let length = windows[place].length / .seconds(1)
        if counting == .sliding {
            guard calls.count >= limit else { return nil }
            let end = calls[calls.count - limit] + length
            return end > time ? end - time : nil
        }
        let start =
            counting == .fixed
            ? ((time - offset) / length).rounded(.down) * length + offset
            : time >= opened[place] + length ? time : opened[place]
        if start != opened[place] { (opened[place], used[place]) = (start, 0) }
        return used[place] >= limit ? start + length - time : nil
    }
}

/// What happens next: a heap, by time and then by order.
private struct Agenda {
    enum Event {
        case wake(Int)
        case arrive(Int, start: Double)
        case answer(Int, start: Double, wait: Double?)
    }

    private var items: [(time: Double, order: Int, event: Event)] = []
    private var added = 0

    mutating func add(_ event: Event, at time: Double) {
        added += 1
        items.append((time, added, event))
        var place = items.count - 1
        while place > 0, isBefore(place, (place - 1) / 2) {
            items.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func next() -> (Event, Double)? {
        guard !items.isEmpty else { return nil }
        items.swapAt(0, items.count - 1)
        let first = items.removeLast()
        var place = 0
        while let child = [2 * place + 1, 2 * place + 2].filter({ $0 < items.count })
            .min(by: isBefore), isBefore(child, place)
        {
            items.swapAt(child, place)
            place = child
        }
        return (first.event, first.time)
    }

    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        (items[one].time, items[one].order) < (items[other].time, items[other].order)
    }
}
