import Testing

@testable import LarkiveFeishu

/// Several programs on one app; the figures are over ten minutes, after two to find their places.
@Suite struct SharedPaceTests {
    @Test(arguments: RateLimitTests.tiers, PlatformPlay.Counting.allCases)
    func `two use nine tenths of a limit and are refused five times a minute at most`(
        windows: [RateWindow],
        counting: PlatformPlay.Counting
    ) {
        for (seed, begin) in [0.3, 3.87].enumerated() {
            var network = PlatformPlay.Network.steady
            network.isExact = seed == 1
            let callers = [0...720, begin...720]
            var play = PlatformPlay(windows, counting, network, callers: callers, seed: seed)
            play.run()
            #expect(play.use(of: windows, in: 120...720) >= 0.9, "seed \(seed)")
            #expect(play.refused.count { $0 >= 120 } <= 50, "seed \(seed)")
        }
    }

    @Test(arguments: RateLimitTests.tiers.dropFirst())
    func `three use nine tenths of a limit of more than one call a second`(
        windows: [RateWindow]
    ) {
        let callers = [0...720, 0.3...720, 7.3...720]
        var play = PlatformPlay(windows, .sliding, .steady, callers: callers, seed: 3)
        play.run()
        #expect(play.use(of: windows, in: 120...720) >= 0.9)
    }

    @Test(arguments: RateLimitTests.tiers)
    func `whoever is alone again gets all within five minutes`(windows: [RateWindow]) {
        for (seed, begin) in [0.2, 1.02].enumerated() {
            let callers = [0...900, begin...300]
            var play = PlatformPlay(windows, .sliding, .steady, callers: callers, seed: seed)
            play.run()
            #expect(play.use(of: windows, in: 600...900) >= 0.98, "seed \(seed)")
        }
    }
}
