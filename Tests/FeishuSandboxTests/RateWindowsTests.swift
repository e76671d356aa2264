import Testing

@testable import FeishuSandbox

@Suite struct RateWindowsTests {
    private static let ten = Tier((10, .seconds(1)))

    /// How many of the calls at these milliseconds pass.
    private func passed(
        _ tier: Tier,
        _ kind: World.Quirks.Windows,
        _ moments: some Sequence<Int>
    ) -> Int {
        var windows = RateWindows(tier, kind)
        return moments.count { windows.admit(at: Moment(milliseconds: Int64($0))) == nil }
    }

    @Test func `two bursts around the turn of a second pass fixed windows only`() {
        let moments = Array(repeating: 990, count: 10) + Array(repeating: 1010, count: 10)
        #expect(passed(Self.ten, .fixed, moments) == 20)
        #expect(passed(Self.ten, .sliding, moments) == 10)
    }

    @Test(arguments: World.Quirks.Windows.allCases)
    func `an even rate passes`(kind: World.Quirks.Windows) {
        #expect(passed(Self.ten, kind, stride(from: 37, to: 60_037, by: 100)) == 600)
        #expect(passed(Tier((1, .seconds(1))), kind, stride(from: 1, to: 9001, by: 1000)) == 9)
    }

    @Test(arguments: World.Quirks.Windows.allCases)
    func `no more passes than the tier allows`(kind: World.Quirks.Windows) {
        let tier = Tier((1000, .seconds(60)), (50, .seconds(1)))
        #expect(passed(tier, kind, 0..<60_000) == 1000)
        #expect(passed(tier, kind, 0..<1000) == 50)
    }

    @Test func `a sliding window opens when its oldest call leaves it`() {
        var windows = RateWindows(Tier((2, .seconds(1))))
        let refusals = [0, 700, 800, 1000].map { windows.admit(at: Moment(milliseconds: $0)) }
        #expect(refusals == [nil, nil, .init(limit: 2, wait: .milliseconds(200)), nil])
    }

    @Test func `the tiers are those of the pages`() {
        let kinds = Dictionary(grouping: Endpoint.allCases) { endpoint in
            endpoint.tier?.windows.map { "\($0.limit)/\($0.length.milliseconds / 1000)s" } ?? []
        }
        #expect(kinds[["1/1s"]] == [.downloadURL])
        #expect(kinds[["5/1s"]] == [.folders])
        #expect(kinds[["10/1s"]] == [.accessibleMailboxes, .messages, .batchGet, .task])
        #expect(kinds[["100/60s"]] == [.message])
        #expect(kinds[["1000/60s", "50/1s"]]?.count == 8)
        #expect(kinds[[]] == [.tenantToken, .userInfo, .publicMailboxes, .link])
    }
}
