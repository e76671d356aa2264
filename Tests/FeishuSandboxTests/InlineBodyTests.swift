import Foundation
import FoundationNetworking
import Testing

@testable import FeishuSandbox

@Suite struct InlineBodyTests {
    private static let body: WireJSON = ["message_ids": [.string(SmallWorld.messageID)]]

    private var world: World {
        var world = SmallWorld.world
        world.quirks.inlineBodiesUpTo = 40 << 20
        return world
    }

    /// The whole of an answer, as it would arrive.
    private func arrived(_ answer: Answer) -> Data {
        guard case .parts(let parts, let count) = answer.body else { return Data(answer.text.utf8) }
        return Data(parts.pieces(count: count).joined())
    }

    /// The first attachment's body as it stands in the answer; nil when it is no text.
    private func text(_ flaw: InlineFlaw?, _ content: World.Content) throws -> String? {
        var world = world
        var file = SmallWorld.file("a1", "a", 0)
        (file.content, file.inlineFlaw) = (content, flaw)
        world.mailboxes[SmallWorld.address]?.add(
            SmallWorld.letter(SmallWorld.messageID, attachments: [file])
        )
        var visitor = try Visitor(world)
        let answer = visitor.post(SmallWorld.mailbox + "/messages/batch_get", Self.body)
        let data = arrived(answer)
        #expect(data.count == answer.count)
        let answerText = String(decoding: data, as: UTF8.self)
        let json = try #require(try StrictNode.root(of: answerText)?.json())
        let files = try json["data"]?["messages"].items.first?["attachments"].items
        return try? files?.first?["body"].text
    }

    @Test(arguments: [0, 1, 2, 3, 65_535, 65_536, 65_537, 200_000])
    func `a body inside a batch is the file`(count: Int) throws {
        let content = World.Content.generated(seed: 3, id: 9, count: count)
        let bytes = ContentStream(content).reduce(into: Data()) { $0 += $1 }
        #expect(try text(nil, content) == Base64.urlSafe(Array(bytes)))
    }

    private static let flaws: [(InlineFlaw, String?)] = [
        (InlineFlaw.invalid, "Pz8!_Pj4-"), (.whitespace, "Pz8 _Pj4-"), (.padding, "Pz8_Pj4-="),
        (.plainAlphabet, "Pz8/Pj4+"), (.empty, ""), (.null, nil), (.number, nil),
    ]

    @Test(arguments: flaws)
    func `a body can be flawed`(flaw: InlineFlaw, text: String?) throws {
        let flawed = try self.text(flaw, .text("??" + "?>>>"))
        let halves = flawed.map { [$0.prefix(3), $0.suffix(4)] }
        #expect(
            flawed?.count == text?.count && halves == text.map { [$0.prefix(3), $0.suffix(4)] }
        )
    }

    @Test func `a body can be short and well formed`() throws {
        let whole = try text(nil, .text(String(repeating: "x", count: 48))) ?? ""
        let short = try text(.short, .text(String(repeating: "x", count: 48))) ?? ""
        #expect(whole.hasPrefix(short) && short.count == 48 && short.count.isMultiple(of: 4))
    }

    @Test func `seed 1: members come in any order, and a body before its id`() throws {
        var world = world
        world.quirks.shuffleSeed = 1
        let files = (0..<20).map { SmallWorld.file("a\($0)", "a", 3) }
        world.mailboxes[SmallWorld.address]?.add(
            SmallWorld.letter(SmallWorld.messageID, attachments: files)
        )
        var visitor = try Visitor(world)
        let answer = visitor.post(SmallWorld.mailbox + "/messages/batch_get", Self.body)
        let pieces = String(decoding: arrived(answer), as: UTF8.self).split(separator: "\"cid\"")
        #expect(pieces.count == 21)
        let first = String(decoding: arrived(answer), as: UTF8.self)
        #expect(first.contains(/"body":"[^"]*",("[a-z_]*":[^,{}]*,)*"id"/))
        #expect(first.contains(/"id":"[^"]*",("[a-z_]*":[^,{}]*,)*"body"/))
    }

    @Test func `a fault spoils every body of an answer`() throws {
        var world = world
        world.faults = [SandboxFault(.batchGet, .inlineBodies(.null))]
        var visitor = try Visitor(world)
        let answer = visitor.post(SmallWorld.mailbox + "/messages/batch_get", Self.body)
        #expect(answer.text.components(separatedBy: "\"body\":null").count == 3)
    }

    @Test func `a large answer is made while it is sent`() throws {
        let content = World.Content.generated(seed: 3, id: 9, count: 35 << 20)
        let part = BodyPart.inline(InlineBody(content: content, flaw: nil))
        #expect(part.count == ((35 << 20) + 2) / 3 * 4)
        #expect(part.pieces.prefix(10).allSatisfy { $0.count <= 87_384 })
    }

    @Test(arguments: [FaultEffect.chunked, .cut(after: 1 << 20), .resize(by: -7)])
    func `a large answer has accidents like any other`(effect: FaultEffect) async throws {
        var world = world
        world.faults = [SandboxFault(.batchGet, effect)]
        let file = SmallWorld.file("a1", "a", 3 << 20)
        world.mailboxes[SmallWorld.address]?.add(
            SmallWorld.letter(SmallWorld.messageID, attachments: [file])
        )
        let server = try await SandboxServer.start(world: world)
        let now = server.clock.now
        let token = server.withPlatform { $0.tokens.token(at: now).token }
        let target = server.baseURL + SmallWorld.mailbox + "/messages/batch_get"
        var request = URLRequest(url: try #require(URL(string: target)))
        request.httpMethod = "POST"
        request.httpBody = Data(Self.body.utf8)
        request.setValue("Bearer " + token, forHTTPHeaderField: "Authorization")
        let count = try? await URLSession.shared.data(for: request).0.count
        switch effect {
        case .cut: #expect(count == nil)
        case .chunked: #expect(count ?? 0 > 4 << 20)
        default: #expect(count ?? 0 > 4 << 20)
        }
        await server.stop()
    }
}
