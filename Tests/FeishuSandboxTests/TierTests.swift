import Testing

@testable import FeishuSandbox

@Suite struct TierTests {
    private static let table: [(String, Int, Int)] = [
        (SmallWorld.mailbox + "/folders", 5, 1),
        (SmallWorld.mailbox + "/messages?folder_id=INBOX&page_size=5", 10, 1),
        (SmallWorld.message, 100, 60),
        (SmallWorld.links + "a1", 1, 1),
        ("/open-apis/task/v2/tasks/t1", 10, 1),
        ("/open-apis/task/v2/tasklists", 50, 1),
        ("/open-apis/task/v2/attachments?resource_id=t1", 50, 1),
    ]

    @Test(arguments: table)
    func `the call beyond a window is told how long to wait`(
        target: String,
        limit: Int,
        seconds: Int
    ) throws {
        var visitor = try Visitor(SmallWorld.world, tiers: true)
        let statuses = (1...limit).map { _ in visitor.get(target).status }
        #expect(statuses.allSatisfy { $0 == 200 })
        let refused = visitor.get(target)
        #expect(try refused.verdict == Verdict(429, 99_991_400))
        #expect(refused.header("x-ogw-ratelimit-limit") == String(limit))
        #expect(refused.header("x-ogw-ratelimit-reset") == String(seconds))
        visitor.pass(.seconds(seconds))
        #expect(visitor.get(target).status == 200)
        #expect(visitor.platform.counters.totalThrottled == 1)
    }

    @Test func `a thousand calls a minute is a window of its own`() throws {
        var visitor = try Visitor(SmallWorld.world, tiers: true)
        for _ in 0..<1000 {
            #expect(visitor.get("/open-apis/task/v2/tasklists").status == 200)
            visitor.pass(.milliseconds(20))
        }
        let refused = visitor.get("/open-apis/task/v2/tasklists")
        #expect(refused.header("x-ogw-ratelimit-limit") == "1000")
        #expect(refused.header("x-ogw-ratelimit-reset") == "40")
    }

    @Test func `endpoints do not share their windows`() throws {
        var visitor = try Visitor(SmallWorld.world, tiers: true)
        #expect(visitor.get(SmallWorld.links + "a1").status == 200)
        #expect(visitor.get(SmallWorld.links + "a1").status == 429)
        #expect(visitor.get(SmallWorld.message).status == 200)
    }

    @Test func `some endpoints throttle with HTTP 400`() throws {
        var world = SmallWorld.world
        world.quirks.throttleStatus = 400
        var visitor = try Visitor(world, tiers: true)
        _ = visitor.get(SmallWorld.links + "a1")
        #expect(try visitor.get(SmallWorld.links + "a1").verdict == Verdict(400, 99_991_400))
    }

    private static let waits: [(World.Quirks.Wait, String?, String?)] = [
        (.seconds, "1", nil), (.fractional, "0.75", nil), (.retryAfter, nil, "1"),
        (.untold, nil, nil),
    ]

    @Test(arguments: waits)
    func `the wait is told in several ways`(
        wait: World.Quirks.Wait,
        reset: String?,
        retryAfter: String?
    ) throws {
        var world = SmallWorld.world
        world.quirks.throttleWait = wait
        var visitor = try Visitor(world, tiers: true)
        _ = visitor.get(SmallWorld.links + "a1")
        visitor.pass(.milliseconds(250))
        let refused = visitor.get(SmallWorld.links + "a1")
        #expect(refused.status == 429)
        #expect(refused.header("x-ogw-ratelimit-reset") == reset)
        #expect(refused.header("Retry-After") == retryAfter)
    }

    @Test func `without tiers nothing is refused`() throws {
        var visitor = try Visitor(SmallWorld.world)
        let statuses = (1...200).map { _ in visitor.get(SmallWorld.links + "a1").status }
        #expect(statuses.allSatisfy { $0 == 200 })
    }
}
