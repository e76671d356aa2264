import Foundation
import FoundationNetworking
import Testing

@testable import FeishuSandbox

/// Over a real socket; everything else is tested without one.
@Suite struct SandboxServerTests {
    private func fetch(_ url: String, method: String = "GET") async throws -> (Int, Data) {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = method
        let session = URLSession(configuration: .ephemeral)
        defer { session.finishTasksAndInvalidate() }
        let (data, response) = try await session.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, data)
    }

    /// A server with one link to a file of 70,000 bytes, made with the faults given.
    private func withLink(
        _ faults: [SandboxFault] = [],
        _ body: (SandboxServer, String) async throws -> Void
    ) async throws {
        let server = try await SandboxServer.start(world: SmallWorld.world)
        server.setFaults(faults)
        let url = try server.mintLink()
        do {
            try await body(server, url)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    @Test func `a file arrives as the truth says`() async throws {
        try await withLink { server, url in
            let (status, data) = try await fetch(url)
            #expect(status == 200 && data.count == 70_000)
            #expect(data == ContentStream(SmallWorld.file("a1", "", 70_000).content).joined)
            #expect(server.counters().bytesServed == 70_000)
            #expect(server.truth().count == 3)
        }
    }

    @Test(arguments: [FaultEffect.cut(after: 1000), .cut(after: 0), .drop, .reset])
    func `a connection can break`(effect: FaultEffect) async throws {
        try await withLink([SandboxFault(.link, effect)]) { _, url in
            await #expect(throws: URLError.self) { try await fetch(url) }
        }
    }

    @Test(arguments: [FaultEffect.chunked, .unframed, .slow(bytesPerSecond: 2_000_000)])
    func `a body can come without its length`(effect: FaultEffect) async throws {
        try await withLink([SandboxFault(.link, effect)]) { _, url in
            let (status, data) = try await fetch(url)
            #expect(status == 200 && data.count == 70_000)
        }
    }

    @Test func `the date can be another one`() async throws {
        var world = SmallWorld.world
        world.faults = [SandboxFault(.link, .headers([Header("Date", "yesterday")]))]
        let server = try await SandboxServer.start(world: world)
        let request = URLRequest(url: try #require(URL(string: try server.mintLink())))
        let response = try await URLSession.shared.data(for: request).1 as? HTTPURLResponse
        #expect(response?.value(forHTTPHeaderField: "Date") == "yesterday")
        await server.stop()
    }

    @Test func `the platform's clock can be wrong`() async throws {
        var world = SmallWorld.world
        world.quirks.dateOffset = .seconds(40 * 365 * 86_400)
        let server = try await SandboxServer.start(world: world)
        let request = URLRequest(url: try #require(URL(string: try server.mintLink())))
        let response = try await URLSession.shared.data(for: request).1 as? HTTPURLResponse
        let date = try #require(response?.value(forHTTPHeaderField: "Date"))
        let year = try #require(Int(date.split(separator: " ")[3]))
        #expect(year > 2060)
        await server.stop()
    }

    @Test func `doors change the world, the weather and the user`() async throws {
        let server = try await SandboxServer.start(world: LoginWorld.world)
        let login = try #require(server.signIn())
        server.revokeUser()
        #expect(login.refresh != nil)
        for (door, body, status) in [
            ("world", #"{"delete_task": "t1"}"#, 200), ("world", #"{"delete_task": "t1"}"#, 400),
            ("faults", #"{"storm": {"rate": 1}}"#, 200), ("faults", #"{"storm": 3}"#, 400),
            ("user/tokens", "", 200), ("user/revoke", "", 200),
        ] {
            let answer = try await post(server.baseURL + "/_sandbox/" + door, body)
            #expect(answer == status, "\(door) \(body)")
        }
        #expect(server.truth().map(\.name) == ["报价单.xlsx", "b"])
        await server.stop()
    }

    private func post(_ url: String, _ body: String) async throws -> Int {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = "POST"
        request.httpBody = Data(body.utf8)
        let response = try await URLSession.shared.data(for: request).1 as? HTTPURLResponse
        return response?.statusCode ?? 0
    }

    @Test func `an encoded slash reaches its message`() async throws {
        try await withLink { server, _ in
            let (status, data) = try await fetch(server.baseURL + SmallWorld.message)
            #expect(status == 400)
            #expect(String(decoding: data, as: UTF8.self).contains("99991661"))
        }
    }

    @Test func `the doors for tests are open`() async throws {
        try await withLink { server, _ in
            let truth = try await fetch(server.baseURL + "/_sandbox/truth").1
            #expect(String(decoding: truth, as: UTF8.self).split(separator: "\n").count == 3)
            let counters = try await fetch(server.baseURL + "/_sandbox/counters").1
            #expect(try JSONDecoder().decode(SandboxCounters.self, from: counters).linksMinted == 1)
            _ = try await fetch(server.baseURL + "/_sandbox/counters/reset", method: "POST")
            #expect(server.counters() == SandboxCounters())
        }
    }

    @Test func `the world changes while the server runs`() async throws {
        try await withLink { server, _ in
            server.change { world in
                world.mailboxes[SmallWorld.address]?.remove(SmallWorld.messageID)
                world.tasks.attach(SmallWorld.taskFile("f2"), to: "t1")
            }
            #expect(server.truth().map(\.name) == ["f1.pdf", "f2.pdf"])
        }
    }

    @Test func `a server with a stalled body stops at once`() async throws {
        let stall = FaultEffect.stall(after: 10, lasts: .seconds(3600))
        let server = try await SandboxServer.start(world: SmallWorld.world)
        server.setFaults([SandboxFault(.link, stall)])
        let url = try server.mintLink()
        let stalled = Task { try await fetch(url).0 }
        while server.counters().bytesServed == 0 { await Task.yield() }
        await server.stop()
        await #expect(throws: URLError.self) { try await stalled.value }
    }

    @Test func `links grow old when the clock is put forward`() async throws {
        try await withLink { server, url in
            server.clock.advance(by: .seconds(7200))
            let (status, _) = try await fetch(url)
            #expect(status == 403)
        }
    }

    @Test func `a stopped server no longer answers, and its port is free`() async throws {
        let server = try await SandboxServer.start(world: SmallWorld.world)
        await server.stop()
        await #expect(throws: URLError.self) { try await fetch(server.baseURL + "/_sandbox/truth") }
        let next = try await SandboxServer.start(world: SmallWorld.world, port: server.port)
        #expect(next.port == server.port)
        await next.stop()
    }
}

extension ContentStream {
    fileprivate var joined: Data { reduce(into: Data()) { $0 += $1 } }
}
