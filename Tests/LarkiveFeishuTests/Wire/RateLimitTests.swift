import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct RateLimitTests {
    static let tiers: [[RateWindow]] = [
        [.perSecond(1)], [.perSecond(5)], [.perSecond(10)], [.perMinute(100)],
        [.perMinute(1_000), .perSecond(50)],
    ]

    @Test(arguments: tiers, PlatformPlay.Counting.allCases)
    func `98 percent of the rate is in use and no call is refused`(
        windows: [RateWindow],
        counting: PlatformPlay.Counting
    ) {
        for (seed, network) in [PlatformPlay.Network.near, .steady, .far].enumerated() {
            var play = PlatformPlay(windows, counting, network, callers: [0...180], seed: seed)
            play.run()
            #expect(play.refused.isEmpty, "seed \(seed)")
            #expect(play.use(of: windows, in: 20...180) >= 0.98, "seed \(seed)")
        }
    }

    @Test(arguments: tiers, 0..<6)
    func `a way that takes longer now and then costs rate, not refusals`(
        windows: [RateWindow],
        seed: Int
    ) {
        for counting in PlatformPlay.Counting.allCases {
            var play = PlatformPlay(windows, counting, .shaky, callers: [0...90], seed: seed)
            play.run()
            #expect(play.refused.count { $0 > 10 } == 0)
            #expect(play.use(of: windows, in: 10...90) >= 0.8)
        }
    }

    @Test(arguments: tiers)
    func `a run that follows another keeps the rate of both together`(windows: [RateWindow]) {
        for counting in PlatformPlay.Counting.allCases {
            var play = PlatformPlay(windows, counting, .near, callers: [0...33, 33...60], seed: 7)
            play.run()
            #expect(play.refused.isEmpty)
        }
    }

    @Test func `a steady round trip costs nothing, a longer one what it is longer`() {
        var limit = RateLimit([.perSecond(1)], at: .zero)
        var time = Duration.seconds(2)
        for _ in 0..<RoundTrips.fewest {
            #expect(limit.request(at: time) == .go)
            limit.answered(at: time + .milliseconds(300), started: time)
            time += .seconds(2)
        }
        #expect(limit.request(at: time) == .go)
        limit.answered(at: time + .milliseconds(350), started: time)
        #expect(limit.request(at: time) == .wait(until: time + .milliseconds(1_054)))
    }

    @Test func `a call that nobody answered teaches nothing`() {
        var limit = RateLimit([.perSecond(1)], at: .zero)
        for second in 2..<20 {
            let time = Duration.seconds(second * 2)
            #expect(limit.request(at: time) == .go)
            limit.answered(at: time + .milliseconds(300), started: time, wasHeard: false)
        }
        #expect(limit.request(at: .seconds(39)) == .wait(until: .milliseconds(39_304)))
    }

    @Test func `without windows every call may go`() {
        var limit = RateLimit([], at: .zero)
        #expect((0..<100).allSatisfy { _ in limit.request(at: .zero) == .go })
    }

    @Test func `nobody starts before the wait is over`() {
        var limit = RateLimit([], at: .zero)
        let wait = ThrottleTime(.seconds(3))
        #expect(limit.refused(at: .zero, started: .zero, wait: wait) == .seconds(3))
        #expect(limit.request(at: .seconds(2)) == .wait(until: .seconds(3)))
        #expect(limit.request(at: .seconds(3)) == .go)
    }

    @Test func `a shorter wait does not end a longer one`() {
        var limit = RateLimit([], at: .zero)
        _ = limit.refused(at: .zero, started: .zero, wait: ThrottleTime(.seconds(9)))
        let grown = limit.refused(
            at: .seconds(1),
            started: .zero,
            wait: ThrottleTime(.seconds(3))
        )
        #expect(grown == .zero)
        #expect(limit.request(at: .seconds(4)) == .wait(until: .seconds(9)))
    }

    @Test func `an endpoint that lets nothing through is hopeless after ten minutes`() {
        var limit = RateLimit([], at: .zero)
        let wait = ThrottleTime(.seconds(300))
        for time in [100, 400, 650] as [Int64] {
            _ = limit.refused(at: .seconds(time), started: .seconds(time), wait: wait)
            #expect(!limit.isHopeless(at: .seconds(699)))
        }
        #expect(limit.isHopeless(at: .seconds(700)))
        limit.passed()
        #expect(!limit.isHopeless(at: .seconds(2_000)))
    }

    @Test func `a call that is not answered holds its place`() {
        var limit = RateLimit([.perSecond(1)], at: .zero)
        #expect(limit.request(at: .seconds(2)) == .go)
        #expect(limit.request(at: .seconds(9)) != .go)
        limit.answered(at: .seconds(9), started: .seconds(2))
        #expect(limit.request(at: .milliseconds(9_990)) != .go)
        #expect(limit.request(at: .milliseconds(10_010)) == .go)
    }

    @Test func `calls that are refused together lower the share once`() {
        var limit = RateLimit([.perSecond(10)], at: .zero)
        for start in [200, 310, 420] { #expect(limit.request(at: .milliseconds(start)) == .go) }
        let wait = ThrottleTime(.seconds(1))
        for start in [200, 310, 420] {
            let started = Duration.milliseconds(start)
            limit.answered(at: .milliseconds(500), started: started)
            _ = limit.refused(at: .milliseconds(500), started: started, wait: wait)
        }
        #expect(limit.share == 0.5)
    }

    @Test(arguments: [
        (["x-ogw-ratelimit-reset": "7"], Duration.seconds(7)),
        (["X-Ogw-Ratelimit-Reset": "1.5", "Retry-After": "9"], .seconds(1.5)),
        (["Retry-After": "3"], .seconds(3)), (["Retry-After": " 3"], .seconds(3)),
        (["x-ogw-ratelimit-reset": "soon", "Retry-After": "2"], .seconds(2)),
        (["x-ogw-ratelimit-reset": "0"], ThrottleTime.shortest),
        (["x-ogw-ratelimit-reset": "3600"], ThrottleTime.longest),
        (["x-ogw-ratelimit-reset": "1763712000"], ThrottleTime.longest),
        (["x-ogw-ratelimit-reset": "1e300"], ThrottleTime.longest),
        (["x-ogw-ratelimit-reset": "-4"], ThrottleTime.unsaid),
        (["x-ogw-ratelimit-reset": "nan"], ThrottleTime.unsaid),
        (["x-ogw-ratelimit-reset": ""], ThrottleTime.unsaid),
        (["Retry-After": "Sat, 21 Nov 2026 04:05:06 GMT"], ThrottleTime.unsaid),
        (
            [
                "Retry-After": "Sun, 01 Mar 2026 00:00:06 GMT",
                "Date": "Sat, 28 Feb 2026 23:59:59 GMT",
            ], .seconds(7)
        ),
        (
            [
                "Retry-After": "Sat, 21 Nov 2026 04:05:06 GMT",
                "Date": "Sat, 21 Nov 2026 04:05:08 GMT",
            ], ThrottleTime.shortest
        ),
        ([:], ThrottleTime.unsaid),
    ])
    func `the platform's wait is read in any dialect`(headers: [String: String], wait: Duration) {
        let lines = HeaderLines(headers.map { ($0.key, $0.value) })
        #expect(ThrottleTime(lines).length == wait)
    }

    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Tue, 29 Feb 2028 12:00:01 GMT", 1_835_438_401),
        ("Sat, 21 Nov 2026 04:05:06 GMT", 1_795_233_906), ("21 Nov 2026", nil),
        ("Sat, 41 Nov 2026 04:05:06 GMT", nil), ("Sat, 21 Nov 2026 04:65:06 GMT", nil),
    ])
    func `a date of HTTP is read`(text: String, seconds: Int?) {
        #expect(HTTPDate.read(text).map { Int($0.milliseconds / 1_000) } == seconds)
    }
}
