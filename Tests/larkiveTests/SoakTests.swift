import FeishuSandbox
import LarkiveCore
import LarkiveTesting
import Testing

/// Many requests through random faults, with a world that goes on changing: whatever is not in the
/// archive is named, after every run.
@Suite(.scratchDirectory) struct SoakTests {
    /// Of all seeds together.
    private static let requests = 10_000
    private static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]
    private static let storms: UInt64 = 5
    /// Everything but lies that nobody can see through: mail declares neither sizes nor digests.
    private static let weather = StormKind.allCases.filter {
        ![.shortBody, .longBody].contains($0)
    }

    @Test(arguments: seeds)
    func `five stormy runs and a fair one lose nothing that they do not name`(
        seed: UInt64
    ) async throws {
        let recipe = WorldRecipe(seed: seed, mailboxes: 3, messages: 230, tasks: 14)
        try await Lab.with(recipe) {
            Self.shrink(&$0)
        } _: { lab in
            var check = SoakCheck(lab: lab)
            for round in 1...Self.storms {
                lab.server.setStorm(
                    FaultStorm(seed: seed * 100 + round, rate: 0.08, kinds: Self.weather)
                )
                try await check.run("seed \(seed), run \(round)")
                lab.server.change { Self.change(&$0, seed: seed * 100 + round) }
            }
            lab.server.setStorm(nil)
            // What failed in three runs would wait for an hour.
            try await lab.expect(["problems", "--retry-all"], exit: 0)
            try await check.run("seed \(seed), fair weather")
            try await Self.expectEverything(lab, check)
            let counters = lab.server.counters()
            let requests = counters.calls.values.reduce(0, +)
            print("soak: seed \(seed), \(requests) requests, \(counters.faultsMet) faults")
            print("soak: seed \(seed), \(counters.faultsByKind.sorted { $0.key < $1.key })")
            #expect(requests * Self.seeds.count >= Self.requests)
            #expect(counters.faultsMet >= requests / 30 && counters.faultsByKind.count >= 14)
        }
    }

    private static func expectEverything(_ lab: Lab, _ check: SoakCheck) async throws {
        #expect(check.lastExit == 0)
        // What went from Feishu before it could be brought stays in the ledger.
        let problems = try await lab.run("problems", "--json").jsonLines
        #expect(problems.allSatisfy { $0["vanished"] != nil }, "\(problems)")
        let held = try await lab.run("find", "--json").jsonLines
        let ours = Dictionary(
            held.map { ($0["key"]?.string ?? "", $0["sha256"]?.string ?? "") },
            uniquingKeysWith: { first, _ in first }
        )
        let lost = lab.server.truth().filter { ours[$0.key] != $0.sha256 }
        #expect(lost.map(\.key) == [])
        try await lab.expectClean()
    }
}

// MARK: the world

extension SoakTests {
    /// Slow bodies are real time: nothing is larger than they bring in two seconds.
    ///
    /// A page that stands in for a file called a page is a lie that nobody can see through.
    private static func shrink(_ world: inout World) {
        for (address, var mailbox) in world.mailboxes {
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
            world.mailboxes[address] = mailbox
        }
        for attachment in world.tasks.tasks.flatMap(\.attachments) {
            var small = attachment
            small.content.shrink()
            world.tasks.replace(small)
        }
    }

    /// Letters come, go and move; files of tasks are put up, taken down and replaced.
    private static func change(_ world: inout World, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for address in world.mailboxes.keys.sorted() {
            guard var mailbox = world.mailboxes[address] else { continue }
            let letters = mailbox.messages.filter { $0.state == .received }
                .shuffled(using: &random)
            for letter in letters.prefix(3) { mailbox.remove(letter.id) }
            for letter in letters.dropFirst(3).prefix(5) {
                mailbox.move(letter.id, to: random.next() % 2 == 0 ? "TRASH" : "ARCHIVED")
            }
            for letter in letters.suffix(6) {
                mailbox.add(letter.again("\(seed)", in: random.next() % 4 == 0 ? "SENT" : "INBOX"))
            }
            world.mailboxes[address] = mailbox
        }
        change(&world.tasks, &random, seed)
    }

    private static func change(
        _ board: inout World.TaskBoard,
        _ random: inout SeededGenerator,
        _ seed: UInt64
    ) {
        let tasks = board.tasks.filter { !$0.attachments.isEmpty }.shuffled(using: &random)
        for (index, task) in tasks.prefix(8).enumerated() {
            guard var file = task.attachments.randomElement(using: &random) else { continue }
            guard index >= 2 else {
                board.detach(file.guid)
                continue
            }
            file.content = .text("version \(seed) of \(file.guid)")
            file.fileToken = "token-\(seed)-\(index)"
            if index >= 5 { file.guid = "file-\(seed)-\(index)" }
            if index < 5 { board.replace(file) } else { board.attach(file, to: task.guid) }
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
