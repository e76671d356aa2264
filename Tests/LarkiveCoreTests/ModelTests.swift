import LarkiveCore
import LarkiveTesting
import Testing

@Suite struct ModelTests {
    @Test func `a mail key encodes every byte that is not plain`() throws {
        let key = AttachmentKey.mail(
            try #require(Mailbox.address("Alice@Corp.example")),
            try #require(Message.ID("TUlHc1No+WA==")),
            try #require(LarkiveCore.Attachment.ID("YQqY"))
        )
        #expect(key.description == "mail:alice@corp.example/TUlHc1No%2BWA%3D%3D/YQqY")
        #expect(AttachmentKey(key.description) == key)
    }

    @Test(arguments: [
        "mail:a@b/x", "mail:a@b/x/y/z", "task:a", "mail:a@b/%2f/y", "mail:a@b/a+b/y", "file:a/b",
        "mail:A@b/x/y", "mail:a@b/%zz/y", "task:/x", "task:%00/x",
    ])
    func `text that no key prints is no key`(text: String) {
        #expect(AttachmentKey(text) == nil)
    }

    @Test(arguments: UInt64(0)..<100)
    func `keys read back to themselves`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("aZ09-._~@/+=%报é&?# ".filter { $0 != " " })
        func id<Subject>(_ type: Identifier<Subject>.Type) throws -> Identifier<Subject> {
            let text = (0..<Int.random(in: 1..<20, using: &random)).map { _ in
                String(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }.joined()
            return try #require(Identifier<Subject>(text))
        }
        let key = AttachmentKey.task(
            try id(TaskItem.ID.self),
            try id(LarkiveCore.Attachment.ID.self)
        )
        #expect(AttachmentKey(key.description) == key)
    }

    @Test(arguments: ["", "a b", "a\n", "a\u{0}", "a\u{7F}", String(repeating: "x", count: 1_025)])
    func `ids that are empty, too long or hold control bytes are not born`(text: String) {
        #expect(Message.ID(text) == nil)
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_400_123, "2000-02-29T00:00:00.123Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
        (2_147_483_648_000, "2038-01-19T03:14:08.000Z"),
    ])
    func `times print as RFC 3339 and read back`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: ["2026-02-30T00:00:00.000Z", "2026-01-01T00:00:00Z", "2026-01-01", ""])
    func `other times are refused`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `a secret does not print itself`() {
        let secret = Secret("canary")
        #expect("\(secret) \(String(reflecting: secret))".contains("canary") == false)
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("canary"))
    }
}
