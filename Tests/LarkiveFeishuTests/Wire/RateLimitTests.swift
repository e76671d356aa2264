import Testing

@testable import LarkiveFeishu

@Suite struct RateLimitTests {
    static let tiers: [[RateWindow]] = [
        [.perSecond(1)], [.perSecond(5)], [.perSecond(10)], [.perMinute(100)],
        [.perMinute(1_000), .perSecond(50)],
    ]

    @Test(arguments: tiers, 0..<20)
    func `no window of the platform holds too many calls`(windows: [RateWindow], seed: Int) {
        var play = CallPlay(windows, seed: UInt64(seed), slowest: .milliseconds(900))
        play.run(calls: 400)
        for window in windows { #expect(play.most(within: window.length) <= window.limit) }
    }

    @Test(arguments: tiers)
    func `at least 98 percent of the rate is in use`(windows: [RateWindow]) {
        var play = CallPlay(windows, seed: 1, slowest: .milliseconds(4))
        let calls = 3 * (windows.map(\.limit).max() ?? 0)
        play.run(calls: calls)
        let needed = windows.map { $0.length / $0.limit * calls }.max() ?? .zero
        #expect(play.end * 0.98 <= needed)
    }

    @Test(arguments: tiers)
    func `a run that follows another keeps the rate of both together`(windows: [RateWindow]) {
        var first = CallPlay(windows, seed: 7, slowest: .milliseconds(3))
        first.run(calls: 60)
        var second = CallPlay(windows, seed: 8, slowest: .milliseconds(3), from: first.end)
        second.run(calls: 60)
        second.arrivals = first.arrivals + second.arrivals
        for window in windows { #expect(second.most(within: window.length) <= window.limit) }
    }

    @Test func `without windows every call may go`() {
        var limit = RateLimit([], at: .zero)
        #expect((0..<100).allSatisfy { _ in limit.request(at: .zero) == .go })
    }

    @Test func `nobody starts during a pause`() {
        var limit = RateLimit([], at: .zero)
        #expect(limit.pause(until: .seconds(3), at: .zero) == .seconds(3))
        #expect(limit.request(at: .seconds(2)) == .wait(until: .seconds(3)))
        #expect(limit.request(at: .seconds(3)) == .go)
    }

    @Test func `a shorter pause does not end a longer one`() {
        var limit = RateLimit([], at: .zero)
        _ = limit.pause(until: .seconds(9), at: .zero)
        #expect(limit.pause(until: .seconds(3), at: .seconds(1)) == .zero)
        #expect(limit.request(at: .seconds(4)) == .wait(until: .seconds(9)))
    }

    @Test func `a call that is not answered holds its place`() {
        var limit = RateLimit([.perSecond(1)], at: .zero)
        #expect(limit.request(at: .seconds(2)) == .go)
        #expect(limit.request(at: .seconds(9)) != .go)
        limit.answered(at: .seconds(9))
        #expect(limit.request(at: .milliseconds(9_990)) != .go)
        #expect(limit.request(at: .milliseconds(10_010)) == .go)
    }

    @Test(arguments: [
        (["x-ogw-ratelimit-reset": "7"], Duration.seconds(7)),
        (["X-Ogw-Ratelimit-Reset": "1.5", "Retry-After": "9"], .seconds(1.5)),
        (["Retry-After": "3"], .seconds(3)),
        (["x-ogw-ratelimit-reset": "soon", "Retry-After": "2"], .seconds(2)),
        (["x-ogw-ratelimit-reset": "0"], ThrottleTime.shortest),
        (["x-ogw-ratelimit-reset": "1763712000"], ThrottleTime.longest),
        (["x-ogw-ratelimit-reset": "1e300"], ThrottleTime.longest),
        (["x-ogw-ratelimit-reset": "-4"], ThrottleTime.unsaid),
        (["x-ogw-ratelimit-reset": "nan"], ThrottleTime.unsaid),
        (["Retry-After": "Sat, 21 Nov 2026 04:05:06 GMT"], ThrottleTime.unsaid),
        ([:], ThrottleTime.unsaid),
    ])
    func `the platform's wait is read in any dialect`(headers: [String: String], wait: Duration) {
        let lines = HeaderLines(headers.map { ($0.key, $0.value) })
        #expect(ThrottleTime.asked(by: lines) == wait)
    }
}

/// Eager callers of one limit, whose calls arrive at some moment before their answers.
struct CallPlay {
    private var limit: RateLimit
    private var random: SeededNumbers
    private let slowest: Duration
    private var running: [Duration] = []
    private(set) var end: Duration
    var arrivals: [Duration] = []

    init(_ windows: [RateWindow], seed: UInt64, slowest: Duration, from start: Duration = .zero) {
        limit = RateLimit(windows, at: start)
        random = SeededNumbers(seed: seed)
        self.slowest = slowest
        end = start
    }

    mutating func run(calls: Int) {
        var now = end
        while arrivals.count < calls {
            for answer in running.sorted() where answer <= now { limit.answered(at: answer) }
            running.removeAll { $0 <= now }
            switch limit.request(at: now) {
            case .go: begin(at: now)
            case .wait(let time):
                // The next thing that happens: an answer, or the time to ask again.
                now = min(time, running.filter { $0 > now }.min() ?? time)
            }
        }
        end = now
    }

    private mutating func begin(at now: Duration) {
        let taken = slowest * Double.random(in: 0.01...1, using: &random)
        running.append(now + taken)
        arrivals.append(now + taken * Double.random(in: 0...1, using: &random))
    }

    /// The most arrivals in any window of that length.
    func most(within length: Duration) -> Int {
        let times = arrivals.sorted()
        var most = 0
        var first = 0
        for last in times.indices {
            while times[last] - times[first] >= length { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }
}
