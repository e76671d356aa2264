/// Fills one mailbox: first the special messages, then everyday ones.
struct MailboxBuilder {
    let recipe: WorldRecipe
    let index: Int
    let owner: World.Person
    var files: FileMaker

    init(recipe: WorldRecipe, index: Int) {
        self.recipe = recipe
        self.index = index
        owner = Self.owner(index)
        files = FileMaker(seed: recipe.seed, stream: "mailbox/\(index)")
    }

    mutating func mailbox() -> World.Mailbox {
        let folders = [
            World.Folder(id: "7301\(index)10", name: "项目归档"),
            World.Folder(id: "7301\(index)11", name: "Clients", parent: "7301\(index)10"),
        ]
        var mailbox = World.Mailbox(address: owner.address, userFolders: folders)
        for number in 0..<max(0, recipe.messages) { mailbox.add(message(number)) }
        return mailbox
    }

    /// Beyond the known people, mailboxes are numbered.
    private static func owner(_ index: Int) -> World.Person {
        let people = Workplace.people
        guard index >= people.count else { return people[index] }
        return World.Person(name: "共享邮箱 \(index)", address: "shared\(index)@xinghe.example")
    }

    private mutating func message(_ number: Int) -> World.Message {
        var message = blank(number)
        guard !makeSpecial(&message, number) else { return message }
        makeEveryday(&message)
        return message
    }

    private mutating func blank(_ number: Int) -> World.Message {
        let others = Workplace.people.filter { $0 != owner }
        var message = World.Message(
            id: messageID(number),
            subject: "\(files.generator.pick(Workplace.subjects)) \(number)",
            from: files.generator.pick(others),
            to: [owner],
            date: Moment(milliseconds: 1_772_413_200_000 - Int64(number) * 3_541_000),
            text: files.generator.pick(Workplace.texts)
        )
        if files.generator.chance(percent: 30) { message.cc = [files.generator.pick(others)] }
        message.isUnread = files.generator.chance(percent: 15)
        if files.generator.chance(percent: 5) { message.labels = ["FLAGGED"] }
        return message
    }

    private mutating func makeEveryday(_ message: inout World.Message) {
        switch files.generator.below(100) {
        case 0..<75: message.folder = "INBOX"
        case 75..<85: makeSent(&message)
        case 85..<90: message.folder = "ARCHIVED"
        case 90..<93: message.folder = "TRASH"
        default: message.folder = "7301\(index)1\(files.generator.below(2))"
        }
        guard files.generator.chance(percent: 33) else { return }
        for _ in 0...files.generator.below(3) { message.attachments.append(attachment()) }
    }

    mutating func makeSent(_ message: inout World.Message) {
        message.folder = "SENT"
        message.state = .sent
        message.to = [message.from]
        message.from = owner
    }

    mutating func attachment(
        _ name: String? = nil,
        _ content: World.Content? = nil
    ) -> World.MailAttachment {
        World.MailAttachment(
            id: files.generator.token(27),
            name: name ?? files.name(),
            content: content ?? files.content()
        )
    }

    /// Base64, and every other one base64 of base64; the first has every awkward character.
    ///
    /// Source: the samples on the pages of list and get.
    private mutating func messageID(_ number: Int) -> String {
        let awkward: [UInt8] = [0xFB, 0xEF, 0xBE, 0xFF, 0xFF, 0xFF]
        let bytes = (number == 0 ? awkward : []) + files.generator.bytes(number == 0 ? 14 : 20)
        let plain = Base64.text(bytes)
        return number.isMultiple(of: 2) ? plain : Base64.text(Array(plain.utf8))
    }
}
