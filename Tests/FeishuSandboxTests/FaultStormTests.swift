import Testing

@testable import FeishuSandbox

@Suite struct FaultStormTests {
    /// What a hundred calls on each of a few endpoints get, in the order given.
    private func weather(_ storm: FaultStorm?, _ targets: [String]) throws -> [String: [Int]] {
        var world = SmallWorld.world
        world.storm = storm
        var visitor = try Visitor(SmallWorld.world)
        visitor.platform.storm = storm
        var statuses: [String: [Int]] = [:]
        for _ in 0..<100 {
            for target in targets {
                let answer = visitor.get(target)
                statuses[target, default: []].append(answer.delivery.isPlain ? answer.status : -1)
            }
        }
        return statuses
    }

    private static let targets = [
        SmallWorld.message, SmallWorld.links + "a1", "/open-apis/task/v2/tasklists",
    ]

    @Test(arguments: [7, 8] as [UInt64])
    func `a seed brings the same faults, in whatever order calls arrive`(seed: UInt64) throws {
        let storm = FaultStorm(seed: seed, rate: 0.3)
        let forth = try weather(storm, Self.targets)
        #expect(try forth == weather(storm, Self.targets.reversed()))
        #expect(try forth != weather(FaultStorm(seed: seed + 1, rate: 0.3), Self.targets))
    }

    @Test func `seed 3: about as many calls are hit as the rate says`() throws {
        var visitor = try Visitor(SmallWorld.world)
        visitor.platform.storm = FaultStorm(seed: 3, rate: 0.05)
        for _ in 0..<2000 { _ = visitor.get(SmallWorld.message) }
        let counters = visitor.platform.counters
        #expect((60...140).contains(counters.faultsMet))
        #expect(counters.faultsByKind.values.reduce(0, +) == counters.faultsMet)
        #expect(counters.faultsByKind.count >= 5)
    }

    @Test func `fair weather hits nothing`() throws {
        let statuses = try weather(FaultStorm(seed: 1, rate: 0), Self.targets).values
        #expect(statuses.allSatisfy { $0.allSatisfy { $0 == 200 } })
    }

    @Test(arguments: StormKind.allCases)
    func `every kind can hit something and has an effect`(kind: StormKind) {
        let endpoints = Endpoint.allCases.filter(kind.canHit)
        var generator = SeededGenerator(seed: 5)
        #expect(!endpoints.isEmpty)
        #expect(endpoints.allSatisfy { !kind.effects(on: $0, &generator).isEmpty })
    }

    @Test func `seed 4: what passes is gone at some later try`() throws {
        var visitor = try Visitor(SmallWorld.world)
        visitor.platform.storm = FaultStorm(seed: 4, rate: 0.5, kinds: StormKind.passing)
        for target in Self.targets {
            let tries = (0..<20).map { _ in visitor.get(target) }
            #expect(tries.contains { $0.status == 200 && $0.delivery.isPlain })
        }
    }

    @Test func `a login's tokens are never lost in a storm`() throws {
        var visitor = try Visitor(LoginWorld.world)
        visitor.platform.storm = FaultStorm(seed: 6, rate: 1)
        let refresh = visitor.platform.signIn(at: visitor.now)?.refresh ?? ""
        #expect(try visitor.refresh(refresh).verdict == Verdict(500, 20_050))
        visitor.platform.storm = nil
        #expect(visitor.refresh(refresh).status == 200)
    }

    @Test func `links are hit by what they lead to`() throws {
        var visitor = try Visitor(SmallWorld.world)
        visitor.platform.storm = FaultStorm(seed: 2, rate: 1, kinds: [.deadLink])
        let data = try visitor.get(SmallWorld.links + "a1").json["data"]
        let url = try data?["download_urls"].items.first?["download_url"].text ?? ""
        #expect([401, 403, 404, 410].contains(visitor.open(url)))
        #expect(visitor.platform.counters.violations == 0)
    }
}
