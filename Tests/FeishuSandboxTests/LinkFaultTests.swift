import Testing

@testable import FeishuSandbox

@Suite struct LinkFaultTests {
    /// A visitor and a fresh link, under a fault.
    private func link(_ endpoint: Endpoint, _ effect: FaultEffect) throws -> (Visitor, String) {
        var world = SmallWorld.world
        world.faults = [SandboxFault(endpoint, effect)]
        var visitor = try Visitor(world)
        let data = try visitor.get(SmallWorld.links + "a1").json["data"]
        return (visitor, try data?["download_urls"].items.first?["download_url"].text ?? "")
    }

    @Test func `a link can be worn out early, and that is nobody's fault`() throws {
        var (visitor, url) = try link(.downloadURL, .links(uses: 1, life: nil))
        #expect((1...3).map { _ in visitor.open(url) } == [200, 403, 403])
        #expect(visitor.platform.counters.usesBeyondLimit == 1)
    }

    @Test func `a link can be dead when it is born`() throws {
        var (visitor, url) = try link(.downloadURL, .links(uses: nil, life: .zero))
        #expect(visitor.open(url) == 403 && visitor.platform.counters.violations == 0)
    }

    @Test(arguments: [
        ("http://10.0.0.1/x", "http://10.0.0.1/x"), ("//other/x", "//other/x"),
        ("http://u:p@{host}/x", "http://u:p@127.0.0.1/x"),
    ])
    func `a link can lead anywhere`(text: String, location: String) throws {
        var (visitor, url) = try link(.link, .redirectTo(text, status: 307))
        let answer = visitor.platform.answer(Call("GET", Call.target(of: url)), at: visitor.now)
        #expect(answer.status == 307 && answer.header("Location") == location)
    }

    @Test func `a relative address leads to the file`() throws {
        var (visitor, url) = try link(.link, .redirectTo("{path}"))
        let answer = visitor.platform.answer(Call("GET", Call.target(of: url)), at: visitor.now)
        visitor.platform.setFaults([])
        let next = Call("GET", answer.header("Location") ?? "")
        #expect(visitor.platform.answer(next, at: visitor.now).count == 70_000)
    }

    @Test func `redirects can go round for ever`() throws {
        var (visitor, url) = try link(.link, .redirect)
        for _ in 0..<20 {
            let answer = visitor.platform.answer(Call("GET", Call.target(of: url)), at: visitor.now)
            #expect(answer.status == 302)
            url = answer.header("Location") ?? ""
        }
        #expect(visitor.platform.counters.violations == 0)
    }
}
