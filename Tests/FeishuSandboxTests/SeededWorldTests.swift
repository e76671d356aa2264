import Testing

@testable import FeishuSandbox

@Suite struct SeededWorldTests {
    private static let recipe = WorldRecipe(seed: 5, mailboxes: 3, messages: 40, tasks: 12)

    private func truth(_ recipe: WorldRecipe) -> [TruthLine] {
        let digests = DigestCache()
        return World(recipe).truth { digests.digest(of: $0) }
    }

    @Test func `the same recipe makes the same truth`() {
        #expect(truth(Self.recipe) == truth(Self.recipe))
    }

    @Test func `another seed makes another world`() {
        var other = Self.recipe
        other.seed = 6
        #expect(truth(Self.recipe) != truth(other))
    }

    @Test func `more messages leave the first ones as they were`() {
        var longer = Self.recipe
        longer.messages = 80
        let ids = World(Self.recipe).mailboxes.mapValues { Set($0.messages.map(\.id)) }
        let more = World(longer).mailboxes.mapValues { Set($0.messages.map(\.id)) }
        #expect(ids.allSatisfy { more[$0.key]?.isSuperset(of: $0.value) == true })
    }

    @Test func `every attachment has a key of its own`() {
        let keys = truth(Self.recipe).map { line in
            switch line.place {
            case .mail(let mail): [mail.mailbox, mail.messageID, mail.attachmentID]
            case .task(let task): [task.taskGUID, task.guid]
            }
        }
        #expect(Set(keys).count == keys.count)
    }

    @Test func `one file turns up in every mailbox`() {
        let copies = truth(Self.recipe).filter { $0.name == "员工手册 2026.pdf" }
        #expect(Set(copies.map(\.sources)).count == 3)
        #expect(Set(copies.map(\.sha256)).count == 1)
    }

    @Test(arguments: ["INBOX", "SENT", "ARCHIVED", "TRASH", "DRAFT"])
    func `a system folder has a message with a file`(folder: String) throws {
        let mailbox = try #require(World(Self.recipe).mailboxes["wang.fang@xinghe.example"])
        #expect(mailbox.messages(in: folder).contains { !$0.attachments.isEmpty })
    }

    @Test func `special mail is there`() {
        let mail = World(Self.recipe).mailboxes.values.flatMap(\.messages)
        let files = mail.flatMap(\.attachments)
        #expect(files.contains { $0.kind == .oversized && $0.content.count == 3 << 20 })
        #expect(files.contains { $0.isInline })
        #expect(files.contains { $0.content.count == 0 })
        #expect(files.contains { $0.name.hasSuffix(".html") })
        #expect(mail.contains { $0.state == .draft && $0.folder == "DRAFT" })
        #expect(mail.contains { $0.attachments.count > 20 })
        #expect(mail.contains { Set($0.attachments.map(\.name)).count < $0.attachments.count })
        #expect(mail.contains { $0.id.contains("/") && $0.id.contains("+") && $0.id.contains("=") })
    }

    @Test func `special tasks are there`() {
        let board = World(Self.recipe).tasks
        let tokens = board.tasks.flatMap(\.attachments).map(\.fileToken)
        #expect(Set(tokens).count < tokens.count)
        #expect(board.tasks.contains { board.tasklists(reaching: $0.guid).count == 2 })
        let grandchildren = board.tasks.filter { $0.parent.flatMap { board[$0]?.parent } != nil }
        #expect(grandchildren.contains { !$0.attachments.isEmpty })
    }
}
