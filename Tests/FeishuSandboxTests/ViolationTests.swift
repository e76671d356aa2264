import Testing

@testable import FeishuSandbox

@Suite struct ViolationTests {
    /// A visitor whose second call on the link endpoint is throttled for so long.
    private func throttled(_ headers: [Header]) throws -> Visitor {
        var world = SmallWorld.world
        let effect = FaultEffect.refuse(
            status: 429,
            code: 99_991_400,
            message: "",
            headers: headers
        )
        world.faults = [SandboxFault(.downloadURL, when: .init(skip: 1, times: 1), effect)]
        var visitor = try Visitor(world)
        _ = visitor.get(SmallWorld.links + "a1")
        _ = visitor.get(SmallWorld.links + "a1")
        return visitor
    }

    private static let waits: [(String, String, Int, Int)] = [
        ("x-ogw-ratelimit-reset", "2", 1999, 1), ("x-ogw-ratelimit-reset", "2", 2000, 0),
        ("X-Ogw-Ratelimit-Reset", "0.5", 499, 1), ("Retry-After", "1", 999, 1),
        ("x-ogw-ratelimit-reset", "garbage", 300, 0), ("x-ogw-ratelimit-reset", "0", 300, 0),
        ("x-ogw-ratelimit-reset", "90000", 59_999, 1),
        ("x-ogw-ratelimit-reset", "90000", 60_000, 0),
    ]

    @Test(arguments: waits)
    func `a call before the told wait is over is a violation`(
        name: String,
        value: String,
        milliseconds: Int,
        violations: Int
    ) throws {
        var visitor = try throttled([Header(name, value)])
        visitor.pass(.milliseconds(milliseconds))
        _ = visitor.get(SmallWorld.links + "a1")
        #expect(visitor.platform.counters.callsInsidePenalty == violations)
        #expect(visitor.platform.counters.violations == violations)
    }

    @Test func `a call that was on its way is none`() throws {
        var visitor = try throttled([Header("x-ogw-ratelimit-reset", "2")])
        visitor.pass(.milliseconds(249))
        _ = visitor.get(SmallWorld.links + "a1")
        #expect(visitor.platform.counters.violations == 0)
    }

    @Test func `other endpoints go on`() throws {
        var visitor = try throttled([Header("x-ogw-ratelimit-reset", "2")])
        visitor.pass(.seconds(1))
        _ = visitor.get(SmallWorld.message)
        #expect(visitor.platform.counters.violations == 0)
    }

    @Test func `the tier's own refusal is a wait like any other`() throws {
        var visitor = try Visitor(SmallWorld.world, tiers: true)
        for _ in 0..<3 {
            _ = visitor.get(SmallWorld.links + "a1")
            visitor.pass(.milliseconds(300))
        }
        #expect(visitor.platform.counters.totalThrottled == 2)
        #expect(visitor.platform.counters.callsInsidePenalty == 1)
    }

    @Test func `violations add up`() throws {
        var counters = SandboxCounters()
        counters.usesBeyondLimit = 1
        counters.usesAfterExpiry = 10
        counters.authorizationOnLinkHost = 100
        counters.head = 1000
        counters.range = 10_000
        counters.callsInsidePenalty = 100_000
        counters.refreshReuse = 1_000_000
        counters.totalThrottled = 9
        counters.unknownLinks = 9
        #expect(counters.violations == 1_111_111)
    }
}
