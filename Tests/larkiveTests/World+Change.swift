import FeishuSandbox
import LarkiveTesting

extension World {
    /// Slow bodies are real time: nothing is larger than they bring in two seconds.
    ///
    /// A page that stands in for a file called a page is a lie that nobody can see through.
    mutating func shrink() {
        for (address, var mailbox) in mailboxes {
            for var message in mailbox.messages {
                for index in message.attachments.indices {
                    message.attachments[index].content.shrink()
                    let name = message.attachments[index].name
                    if name.hasSuffix(".html") || name.hasSuffix(".svg") {
                        message.attachments[index].name += ".txt"
                    }
                }
                mailbox.add(message)
            }
            mailboxes[address] = mailbox
        }
        for attachment in tasks.tasks.flatMap(\.attachments) {
            var small = attachment
            small.content.shrink()
            tasks.replace(small)
        }
    }

    /// Letters come, go and move; files of tasks are put up, taken down and replaced.
    mutating func change(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for address in mailboxes.keys.sorted() {
            guard var mailbox = mailboxes[address] else { continue }
            let letters = mailbox.messages.filter { $0.state == .received }
                .shuffled(using: &random)
            for letter in letters.prefix(3) { mailbox.remove(letter.id) }
            for letter in letters.dropFirst(3).prefix(5) {
                mailbox.move(letter.id, to: random.next() % 2 == 0 ? "TRASH" : "ARCHIVED")
            }
            for letter in letters.suffix(6) {
                mailbox.add(letter.again("\(seed)", in: random.next() % 4 == 0 ? "SENT" : "INBOX"))
            }
            mailboxes[address] = mailbox
        }
        tasks.change(&random, seed)
    }
}

extension World.TaskBoard {
    fileprivate mutating func change(_ random: inout SeededGenerator, _ seed: UInt64) {
        let tasks = tasks.filter { !$0.attachments.isEmpty }.shuffled(using: &random)
        for (index, task) in tasks.prefix(8).enumerated() {
            guard var file = task.attachments.randomElement(using: &random) else { continue }
            guard index >= 2 else {
                detach(file.guid)
                continue
            }
            file.content = .text("version \(seed) of \(file.guid)")
            file.fileToken = "token-\(seed)-\(index)"
            if index >= 5 { file.guid = "file-\(seed)-\(index)" }
            if index < 5 { replace(file) } else { attach(file, to: task.guid) }
        }
    }
}

extension World.Content {
    fileprivate mutating func shrink() {
        if case .generated(let seed, let id, let count) = self, count > 40_000 {
            self = .generated(seed: seed, id: id, count: 20_000 + count % 20_000)
        }
    }
}

extension World.Message {
    /// The like of it, with other files.
    fileprivate func again(_ mark: String, in folder: String) -> World.Message {
        var message = self
        message.id += mark
        message.folder = folder
        for index in message.attachments.indices {
            message.attachments[index].id += mark
            message.attachments[index].content = .text("file \(index) of \(message.id)")
        }
        return message
    }
}
