import Testing

@testable import LarkiveFeishu

/// Several programs on one app; the figures are over ten minutes, after five to find their places.
@Suite struct SharedPaceTests {
    static let tiers: [[RateWindow]] = [
        [.perSecond(1)], [.perSecond(10)], [.perMinute(1_000), .perSecond(50)],
    ]

    @Test(arguments: tiers, [true, false])
    func `two use nine tenths of a limit and are refused five times a minute at most`(
        windows: [RateWindow],
        isExact: Bool
    ) {
        var network = PlatformPlay.Network.steady
        network.isExact = isExact
        for seed in 0..<3 {
            let begin = 7.3 + Double(seed) * 0.37
            var play = PlatformPlay(
                windows,
                .opened,
                network,
                callers: [0...900, begin...900],
                seed: seed
            )
            play.run()
            #expect(play.use(of: windows, in: 300...900) >= 0.9, "seed \(seed)")
            #expect(play.refused.count { (300...900).contains($0) } <= 50, "seed \(seed)")
        }
    }

    @Test func `whoever is alone again gets all`() {
        var network = PlatformPlay.Network.steady
        network.isExact = true
        let windows = [RateWindow.perSecond(10)]
        var play = PlatformPlay(windows, .opened, network, callers: [0...900, 5...200], seed: 1)
        play.run()
        #expect(play.use(of: windows, in: 600...900) >= 0.98)
    }
}
