import LarkiveCore
import Testing

@testable import LarkiveFeishu

/// Where downloads connect to: addresses that were checked, whatever the name says next.
@Suite struct LinkPlaceTests {
    @Test func `a download connects to the address that was checked`() async throws {
        let resolver = ScriptedResolver(["1.1.1.1", "2606:4700::1"])
        let bench = try FeishuBench(
            resolver: resolver,
            ScriptedTransport.serving { _ in .file("bytes") }
        )
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["link 5"])
        #expect(bench.transport.asked("/get").map(\.address) == ["1.1.1.1"])
        // The platform's own host is trusted as configured.
        #expect(bench.transport.asked("download_url").map(\.address) == [nil])
        #expect(resolver.asked == ["host"])
    }

    @Test(arguments: [
        ["10.0.0.1"], ["127.0.0.1"], ["169.254.169.254"], ["1.1.1.1", "192.168.1.1"], ["::1"],
        ["fe80::1%eth0"], ["::ffff:10.0.0.1"], ["fd00::1"], ["0.0.0.0"], ["nonsense"],
    ])
    func `a name that leads inside is not followed`(addresses: [String]) async throws {
        let bench = try FeishuBench(
            resolver: ScriptedResolver(addresses),
            ScriptedTransport.serving { _ in .file("bytes") }
        )
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["bad_link"])
        #expect(bench.transport.asked("/get").isEmpty)
    }

    @Test func `a name that turns inside between two hops is caught`() async throws {
        let resolver = ScriptedResolver(["1.1.1.1"], ["10.0.0.1"])
        let bench = try FeishuBench(
            resolver: resolver,
            ScriptedTransport.serving { asked in
                .body(302, [("Location", "https://host/get2")], [])
            }
        )
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["bad_link"])
        #expect(bench.transport.asked("/get").map(\.address) == ["1.1.1.1"])
    }

    @Test func `an address is kept while the name has it, and left when it does not answer`() {
        let places = HostPlaces()
        #expect(places.choose(for: "h", among: ["1.1.1.1", "2.2.2.2"]) == "1.1.1.1")
        #expect(places.choose(for: "h", among: ["2.2.2.2", "1.1.1.1"]) == "1.1.1.1")
        places.failed("1.1.1.1", of: "h")
        #expect(places.choose(for: "h", among: ["1.1.1.1", "2.2.2.2"]) == "2.2.2.2")
        #expect(places.choose(for: "h", among: ["2.2.2.2", "3.3.3.3"]) == "2.2.2.2")
        #expect(places.choose(for: "h", among: ["3.3.3.3"]) == "3.3.3.3")
    }

    @Test func `a name that is not known now may be known at the next try`() async throws {
        let bench = try FeishuBench(
            resolver: ScriptedResolver([], ["1.1.1.1"]),
            ScriptedTransport.serving { _ in .file("bytes") }
        )
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["link 5"])
    }

    @Test func `behind a proxy names must be listed`() async throws {
        let script = ScriptedTransport.serving { _ in .file("bytes") }
        let unlisted = try FeishuBench(resolver: nil, script)
        #expect(await unlisted.fetch([try .mail("a")]).map(\.words) == ["bad_link"])
        let listed = try FeishuBench(hosts: ["host"], resolver: nil, script)
        #expect(await listed.fetch([try .mail("a")]).map(\.words) == ["link 5"])
        #expect(listed.transport.asked("/get").map(\.address) == [nil])
    }

    @Test func `a redirect from https to http is not followed`() async throws {
        let bench = try FeishuBench(
            ScriptedTransport.serving { _ in
                .body(302, [("Location", "http://host/get2")], [])
            }
        )
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["bad_link"])
        #expect(bench.transport.asked("/get").count == 1)
    }

    @Test(arguments: [
        ("http://proxy.corp:3128", "proxy.corp", 3_128), ("http://10.0.0.1:80/", "10.0.0.1", 80),
    ])
    func `a proxy is a host and a port`(text: String, host: String, port: Int) throws {
        let proxy = try #require(ProxyAddress(text))
        #expect(proxy.host == host)
        #expect(proxy.port == port)
    }

    @Test(arguments: ["https://proxy:1", "socks5://proxy:1", "http://me@proxy", "http://proxy/x"])
    func `anything else is no proxy`(text: String) {
        #expect(ProxyAddress(text) == nil)
    }

    @Test func `the system knows its own name`() async throws {
        let found = try await SystemResolver().addresses(of: "localhost")
        #expect(found.allSatisfy { HostKind(addressText: $0) == .loopback })
        await #expect(throws: ResolveError(words: "no address is known of no.such.invalid")) {
            try await SystemResolver().addresses(of: "no.such.invalid")
        }
    }
}
