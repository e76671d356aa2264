import LarkiveCore
import Synchronization
import Testing

@testable import LarkiveFeishu

@Suite struct SlotTests {
    @Test(arguments: [1, 3])
    func `no more downloads run at once than agreed, over all parcels`(parallel: Int) async throws {
        let running = Occupancy()
        let slots = Slots(parallel)
        await withDiscardingTaskGroup { group in
            for _ in 0..<40 {
                group.addTask {
                    await slots.enter()
                    running.change(by: 1)
                    await Task.yield()
                    running.change(by: -1)
                    await slots.leave()
                }
            }
        }
        #expect(running.most == parallel)
    }

    @Test func `a link that grew old while it waited is renewed and has not failed`()
        async throws
    {
        let ticker = StepTicker()
        let bench = try FeishuBench(
            parallel: 1,
            ticker: ticker,
            ScriptedTransport.serving { asked in
                // The first file takes longer than any link lives.
                if asked.earlier == 0 { ticker.advance(by: .seconds(7_200)) }
                return .file("bytes")
            }
        )
        let delivered = await bench.fetch([try .mail("a"), try .mail("b")])
        #expect(delivered.map(\.words) == ["link 5", "link 5"])
        let calls = bench.transport.asked("download_url").map { $0.all("attachment_ids").count }
        #expect(calls == [2, 1])
    }

    @Test func `a pause of one host is none of another's`() async throws {
        let ticker = StepTicker()
        let pauses = HostPauses(ticker)
        await pauses.pause("a", for: .seconds(9))
        await pauses.pause("a", for: .seconds(3))
        try await pauses.pass("b")
        #expect(ticker.now == .zero)
        try await pauses.pass("a")
        #expect(ticker.now == .seconds(9))
    }
}

/// How many there are, and how many there were at most.
private final class Occupancy: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    var most: Int { counts.withLock { $0.most } }

    func change(by step: Int) {
        counts.withLock {
            $0.now += step
            $0.most = max($0.most, $0.now)
        }
    }
}
