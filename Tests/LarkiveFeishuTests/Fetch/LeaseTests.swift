import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct LeaseTests {
    @Test(arguments: [(DownloadLease.Kind.mail, 2), (.task, 3)])
    func `a lease is renewed after its last use`(kind: DownloadLease.Kind, uses: Int) {
        var lease = DownloadLease(Secret("https://x"), kind, sent: .zero)
        let draws = (0..<uses + 2).map { _ in lease.draw(at: .seconds(1)).isUse }
        #expect(draws == Array(repeating: true, count: uses) + [false, false])
    }

    @Test(arguments: [(DownloadLease.Kind.mail, 6_899, 6_900), (.task, 159, 160)])
    func `a lease ends before its link does`(kind: DownloadLease.Kind, fresh: Int, stale: Int) {
        var lease = DownloadLease(Secret("https://x"), kind, sent: .seconds(10))
        #expect(lease.draw(at: .seconds(10 + fresh)).isUse)
        #expect(!lease.draw(at: .seconds(10 + stale)).isUse)
    }

    @Test func `a listed link is handed out once`() async throws {
        let desk = LeaseDesk()
        let key = try Listed.task("a", size: 1).key
        await desk.offer(DownloadLease(Secret("https://x"), .task, sent: .zero), for: key)
        #expect(await desk.take(key, at: .seconds(1)) != nil)
        #expect(await desk.take(key, at: .seconds(1)) == nil)
    }

    @Test func `a listed link that is stale is not handed out`() async throws {
        let desk = LeaseDesk()
        let key = try Listed.task("a", size: 1).key
        await desk.offer(DownloadLease(Secret("https://x"), .task, sent: .zero), for: key)
        #expect(await desk.take(key, at: .seconds(170)) == nil)
    }

    @Test func `of too many listed links the newest are kept`() async throws {
        let desk = LeaseDesk()
        let keys = try (0..<5_000).map { try Listed.task("a\($0)", size: 1).key }
        for key in keys {
            await desk.offer(DownloadLease(Secret("https://x"), .task, sent: .zero), for: key)
        }
        var kept: [Int] = []
        for (place, key) in keys.enumerated() where await desk.take(key, at: .zero) != nil {
            kept.append(place)
        }
        #expect(kept.count <= LeaseDesk.most && kept.count >= LeaseDesk.most / 2)
        #expect(kept == Array((kept.first ?? 0)..<5_000))
    }
}

extension DownloadLease.Draw {
    var isUse: Bool { if case .use = self { true } else { false } }
}
