import Testing

@testable import FeishuSandbox

@Suite struct EncodedIDTests {
    @Test(arguments: [
        "%2B%2B%2B%2B%2F%2F%2F%2FIIfGMqRSMcNZkYQaD2g%3D",
        "++++%2F%2F%2F%2FIIfGMqRSMcNZkYQaD2g=",
        "%2b%2b%2b%2b%2f%2f%2f%2fIIfGMqRSMcNZkYQaD2g%3d",
    ])
    func `an id is one path segment in every encoding`(id: String) throws {
        var visitor = try Visitor(SmallWorld.world)
        for mailbox in ["alice%40xinghe.example", "alice@xinghe.example"] {
            let answer = visitor.get("/open-apis/mail/v1/user_mailboxes/\(mailbox)/messages/\(id)")
            let message = try answer.json["data"]?["message"]
            #expect(message?["message_id"] == .string(SmallWorld.messageID))
        }
    }

    @Test func `a raw slash in an id is another path`() throws {
        var visitor = try Visitor(SmallWorld.world)
        let answer = visitor.get(SmallWorld.mailbox + "/messages/" + SmallWorld.messageID)
        #expect(answer.status == 404)
        #expect(answer.header("Content-Type") == "text/plain")
    }

    @Test func `arrays are repeated keys; commas are part of an id`() throws {
        var visitor = try Visitor(SmallWorld.world)
        let both = try visitor.get(SmallWorld.links + "a1&attachment_ids=a2").json["data"]
        #expect(try both?["download_urls"].items.count == 2)
        let comma = try visitor.get(SmallWorld.links + "a1,a2").json["data"]
        #expect(comma?["failed_ids"] == ["a1,a2"])
    }

    @Test(arguments: [("%E6%8A", nil), ("a%2", nil), ("%zz", nil), ("a%20b+c", "a b+c")])
    func `broken escapes are noticed`(text: String, decoded: String?) {
        #expect(PercentText.decode(text) == decoded)
    }
}
