@testable import FeishuSandbox

/// Worlds of a few items, with ids that a test can write down.
enum SmallWorld {
    static let alice = World.Person(name: "Alice", address: "alice@xinghe.example")
    static let address = "alice@xinghe.example"
    static let messageID = "++++////IIfGMqRSMcNZkYQaD2g="
    static let mailbox = "/open-apis/mail/v1/user_mailboxes/alice%40xinghe.example"
    static let message = mailbox + "/messages/%2B%2B%2B%2B%2F%2F%2F%2FIIfGMqRSMcNZkYQaD2g%3D"
    static let links = message + "/attachments/download_url?attachment_ids="

    /// One mailbox with one message and two files; one tasklist with one task and one file.
    static var world: World {
        var world = World(seed: 3)
        var mailbox = World.Mailbox(address: address)
        mailbox.add(
            letter(messageID, attachments: [file("a1", "报价单.xlsx", 70_000), file("a2", "b", 0)])
        )
        world.add(mailbox)
        world.tasks.add(
            World.Tasklist(guid: "l1", name: "List", owner: alice, created: Visitor.start)
        )
        world.tasks.add(task("t1", files: ["f1"]), to: ["l1"])
        return world
    }

    static func letter(
        _ id: String,
        folder: String = "INBOX",
        attachments: [World.MailAttachment] = []
    ) -> World.Message {
        World.Message(
            id: id,
            folder: folder,
            subject: "报价",
            from: alice,
            date: Visitor.start,
            text: "您好",
            attachments: attachments
        )
    }

    static func file(_ id: String, _ name: String, _ count: Int) -> World.MailAttachment {
        World.MailAttachment(
            id: id,
            name: name,
            content: .generated(seed: 3, id: StableHash.value(id), count: count)
        )
    }

    static func task(
        _ guid: String,
        parent: String? = nil,
        files: [String] = []
    ) -> World.TaskItem {
        World.TaskItem(
            guid: guid,
            summary: "投标 \(guid)",
            creator: alice,
            created: Visitor.start,
            parent: parent,
            attachments: files.map(taskFile)
        )
    }

    static func taskFile(_ guid: String) -> World.TaskAttachment {
        World.TaskAttachment(
            guid: guid,
            fileToken: "box" + guid,
            name: guid + ".pdf",
            content: .generated(seed: 3, id: StableHash.value(guid), count: 1000),
            uploaded: Visitor.start
        )
    }

    /// A mailbox with so many messages in INBOX, and a task with so many files.
    static func crowded(_ count: Int) -> World {
        var world = world
        var mailbox = World.Mailbox(address: address)
        for number in 0..<count { mailbox.add(letter("m\(number)")) }
        world.add(mailbox)
        world.tasks.add(task("t1", files: (0..<count).map { "f\($0)" }), to: ["l1"])
        return world
    }
}
