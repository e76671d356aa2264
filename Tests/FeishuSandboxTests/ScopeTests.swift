import Testing

@testable import FeishuSandbox

@Suite struct ScopeTests {
    private func message(without scope: World.Scope?) throws -> WireJSON? {
        var world = SmallWorld.world
        if let scope { world.app.scopes.remove(scope) }
        var visitor = try Visitor(world)
        let answer = visitor.get(SmallWorld.message)
        #expect(try answer.verdict == Verdict(200, 0))
        return try answer.json["data"]?["message"]
    }

    @Test(
        arguments: [
            (.body, ["attachments", "body_html", "body_plain_text"]), (.subject, ["subject"]),
            (.address, ["head_from", "to", "cc", "bcc"]),
        ] as [(World.Scope, [String])]
    )
    func `a missing field scope leaves fields out in silence`(
        scope: World.Scope,
        fields: [String]
    ) throws {
        let whole = try message(without: nil)
        let part = try message(without: scope)
        #expect(fields.allSatisfy { whole?[$0] != nil && part?[$0] == nil })
        #expect(part?["body_preview"] != nil)
    }

    @Test func `links need the body scope and say so`() throws {
        var world = SmallWorld.world
        world.app.scopes.remove(.body)
        var visitor = try Visitor(world)
        let answer = visitor.get(SmallWorld.links + "a1")
        #expect(try answer.verdict == Verdict(400, 99_991_672))
        let violation = try answer.json["error"]?["permission_violations"].items.first
        #expect(violation?["subject"] == "mail:user_mailbox.message.body:read")
    }

    @Test func `a message without attachments has bodies and no attachments key`() throws {
        var visitor = try Visitor(SmallWorld.crowded(1))
        let message = try visitor.get(SmallWorld.mailbox + "/messages/m0").json["data"]?["message"]
        #expect(message?["attachments"] == nil)
        #expect(message?["body_html"] != nil)
    }

    @Test(arguments: [("plain_text_full", true), ("metadata", false)])
    func `formats leave parts out`(format: String, hasAttachments: Bool) throws {
        var visitor = try Visitor(SmallWorld.world)
        let message = try visitor.get(SmallWorld.message + "?format=" + format).json["data"]?[
            "message"
        ]
        #expect(message?["body_html"] == nil)
        #expect((message?["attachments"] != nil) == hasAttachments)
    }
}
