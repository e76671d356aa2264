import Testing

@testable import FeishuSandbox

/// Every misbehaviour can be written down.
@Suite struct FaultScriptTests {
    private static let lines = [
        "{endpoint: messages, refuse: {status: 500, code: 1230003}}",
        "{endpoint: messages, raw: {status: 502, body: '<html>'}}",
        "{endpoint: messages, resize: -3}", "{endpoint: messages, drop: true}",
        "{endpoint: messages, reset: true}", "{endpoint: messages, slow: 1 KiB}",
        "{endpoint: messages, stall: {after: 3, seconds: 0.5}}",
        "{endpoint: messages, throttle: {status: 200}}",
        "{endpoint: messages, throttle: {status: 400, reset: garbage}}",
        "{endpoint: messages, throttle: {reset: 0.25}}",
        "{endpoint: messages, throttle: {reset: 99999999999}}",
        "{endpoint: messages, throttle: {retry_after: 3}}", "{endpoint: messages, quota: true}",
        "{endpoint: download_url, links: {uses: 1}}",
        "{endpoint: download_url, links: {seconds: 0}}", "{endpoint: link, resize: 9}",
        "{endpoint: link, chunked: true}", "{endpoint: link, redirect_to: 'http://10.0.0.1/'}",
        "{endpoint: link, redirect_to: {location: 'http://u:p@{host}{path}', status: 307}}",
    ]

    @Test(
        arguments: lines + PagingQuirk.allCases.map { "{endpoint: messages, \($0.rawValue): true}" }
    )
    func `a fault can be scripted`(line: String) throws {
        let written = try WorldFile.world("faults: [\(line)]").faults
        let sent = try WorldFile.script("[\(line)]").faults ?? []
        #expect(written.map(\.effect.kind) == sent.map(\.effect.kind))
        #expect(written.count == 1)
    }

    @Test func `one line can be about several endpoints`() throws {
        let some = try WorldFile.faults("[{endpoint: [messages, link], drop: true}]")
        #expect(some.map(\.endpoint) == [.messages, .link])
        let all = try WorldFile.faults("[{endpoint: any, quota: true}]").map(\.endpoint)
        #expect(all.count == Endpoint.allCases.count - 4 && !all.contains(.link))
    }

    @Test func `a script changes the faults, the storm, or both`() throws {
        var platform = Platform(world: try WorldFile.world("storm: {seed: 7, rate: 0.05}"))
        #expect(platform.storm?.seed == 7 && platform.storm?.rate == 0.05)
        platform.set(try WorldFile.script("{faults: []}"))
        #expect(platform.storm != nil)
        platform.set(try WorldFile.script(#"{"storm": {"rate": 1, "kinds": ["drop"]}}"#))
        #expect(platform.storm?.kinds == [.drop])
        platform.set(try WorldFile.script(#"{"storm": null}"#))
        #expect(platform.storm == nil)
    }

    @Test(arguments: [
        "{storm: {rate: 2}}", "{storm: {rate: 0.1, kinds: [hail]}}",
        "{storm: {rate: 1, kinds: some}}",
        "{storm: true}", "[{endpoint: [], drop: true, quota: true}]", "[{endpoint: any, quota: 1}]",
    ])
    func `a wrong script is refused`(text: String) {
        #expect(throws: WorldFileError.self) { try WorldFile.script(text) }
    }
}
