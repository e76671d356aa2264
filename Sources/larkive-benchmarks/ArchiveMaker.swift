import FoundationEssentials
import LarkiveCore
import LarkiveVault

/// Fills an archive as runs of many years would, in the order of one long first run.
struct ArchiveMaker {
    /// About so many attachments are recorded and folded at once.
    private static let group = 2_000

    private let scale: Scale
    private let vault: Vault
    private var draw: Draw
    private var later = LaterChanges()
    private let began = ContinuousClock.now
    private var nextSource: Int64 = 1
    private var next: Int64 = 1
    private var told: Int64 = 0
    private(set) var lookups = Lookups()

    var attachments: Int64 { next - 1 }

    init(_ scale: Scale, at place: Place) async throws {
        var random = SystemRandomNumberGenerator()
        let clock = SystemClock()
        let run = RunID.made(at: clock.now(), using: &random)
        let id = Vault.newID()
        _ = try await Vault.create(
            at: place.archive,
            id: id,
            state: place.state,
            run: run,
            clock: clock
        )
        self.scale = scale
        vault = try await Vault.open(at: place.archive, state: place.state, run: run, clock: clock)
        draw = Draw(seed: scale.seed)
    }

    mutating func make() async throws {
        defer { vault.cleanUp() }
        try await record([started()])
        let people = Person.make(3_000, with: &draw)
        let contents = try await Contents.make(scale.contents, seed: scale.seed, in: vault.objects)
        tell("\(scale.contents) objects")
        for index in 0..<scale.mailboxes { try await makeMailbox(index, people, contents) }
        try await makeTasks(TaskMaker(people: people, contents: contents))
        var batch = Batch(next: next)
        try later.add(to: &batch, contents, with: &draw)
        try await recordApart(batch)
        lookups.addCommon(scale, mailbox: Self.address(3), logo: contents.logo.digest.hex)
        try await record(listings() + [finished()])
        try await vault.journal.seal()
        tell("\(attachments) attachments, sealed")
        if let failure = vault.tidySearchIndex(while: { true }) { throw failure }
        tell("search index tidied")
    }

    // MARK: mail

    private static func address(_ index: Int) -> String { "box\(index + 1)@corp.example" }

    private mutating func makeMailbox(
        _ index: Int,
        _ people: [Person],
        _ contents: Contents
    ) async throws {
        let mailbox: Mailbox.ID = try made(Self.address(index))
        let source = try await addSource(.mail(mailbox))
        let maker = MailMaker(mailbox: mailbox, people: people, contents: contents)
        let first = next
        if index == 5 {
            let planted = Planted(mail: maker, contents: contents)
            try await record(try planted.messages(&lookups, with: &draw), from: source)
        }
        let share = Int64(scale.share(ofMailbox: index))
        let end = min(first + share, Int64(scale.onMail))
        while next < end {
            var messages: [MadeMessage] = []
            var count: Int64 = 0
            while count < min(Int64(Self.group), end - next) {
                let age = Double(next + count - first) / Double(share)
                let message = try maker.message(at: Self.date(age: age, &draw), with: &draw)
                count += Int64(message.contents.count)
                messages.append(message)
            }
            try await record(messages, from: source)
        }
    }

    /// From now (0) ten years back (1), more of it new than old.
    private static func date(age: Double, _ draw: inout Draw) -> Timestamp {
        let newest = 1_793_491_200_000.0
        let tenYears = 315_576_000_000.0
        let back = age * (0.4 + 0.6 * age) * tenYears + Double(draw.below(86_400_000))
        return Timestamp(milliseconds: Int64(newest - back))
    }

    private mutating func record(_ messages: [MadeMessage], from source: Int64) async throws {
        var batch = Batch(next: next)
        for start in stride(from: 0, to: messages.count, by: Batch.largestRecord) {
            let part = messages[start..<min(start + Batch.largestRecord, messages.count)]
            var number = batch.next
            for message in part {
                later.note(message, source: source, first: number, with: &draw)
                number += Int64(message.contents.count)
            }
            batch.examine(part.map(\.examined), source: source, holding: part.flatMap(\.contents))
        }
        try await record(batch)
    }

    // MARK: tasks

    private mutating func makeTasks(_ maker: TaskMaker) async throws {
        var sources: [Int64] = []
        for _ in 0..<3 { sources.append(try await addSource(.tasklist(try made(draw.guid())))) }
        later.otherTasklist = sources[2]
        var isFirst = true
        while attachments < scale.attachments {
            var batch = Batch(next: next)
            let source = draw.one(of: Array(sources.dropLast()))
            while batch.next - next < Self.group, batch.next - 1 < scale.attachments {
                let date = Self.date(age: Double(draw.below(1_000)) / 1_000, &draw)
                let title = NameMaker.title(with: &draw)
                var task = try maker.task(title, at: date, with: &draw)
                let room = scale.attachments - Int(batch.next - 1)
                task.attachments = Array(task.attachments.prefix(room))
                task.contents = Array(task.contents.prefix(room))
                later.note(task, source: source, first: batch.next, with: &draw)
                if isFirst { look(for: task) }
                isFirst = false
                let steps = task.attachments.map(TaskPlan.Step.new)
                batch.list([(task.item, steps)], source: source, holding: task.contents)
            }
            try await record(batch)
        }
    }

    private mutating func look(for task: TaskMaker.MadeTask) {
        guard let attachment = task.attachments.first else { return }
        lookups.add("guid", atLeast: 1, "find", "--guid", attachment.key.attachment.rawValue)
        lookups.add("task guid", atLeast: 1, "find", "--task", task.item.id.rawValue)
        let token = attachment.fileToken?.rawValue ?? ""
        lookups.add("file token", atLeast: 1, "find", "--file-token", token)
    }

    // MARK: recording

    /// Bytes are there, then the log, then the manifest; nothing is folded on trial, since nobody
    /// but this program made the events.
    private func record(_ events: [AuditEvent]) async throws {
        try vault.manifest.apply(try await vault.journal.append(events))
    }

    /// What becomes of messages a run records for a few of them at a time.
    private func recordApart(_ batch: Batch) async throws {
        var rest = batch.events[...]
        while !rest.isEmpty {
            try await record(Array(rest.prefix(Self.few)))
            rest = rest.dropFirst(Self.few)
        }
    }

    private static let few = 100

    private mutating func record(_ batch: Batch) async throws {
        try await record(batch.events)
        next = batch.next
        guard next - told >= 50_000 else { return }
        told = next
        tell("\(attachments) of \(scale.attachments) attachments")
    }

    private mutating func addSource(_ name: SourceName) async throws -> Int64 {
        defer { nextSource += 1 }
        try await record([
            AuditEvent(
                .sourceAdded,
                ["source": .integer(nextSource)],
                hidden: ["name": .string(name.description)]
            )
        ])
        return nextSource
    }

    private func tell(_ what: String) {
        Output.note("\(what), \(began.duration(to: .now).inSeconds)")
    }

    // MARK: the run

    private func started() throws -> AuditEvent {
        let identity = try vault.fixBrand("loopback")
        return AuditEvent(
            .runStarted,
            [
                "archive_sha256": .string(identity.digest.hex), "restricted": false,
                "accept_vanish": 0,
            ],
            hidden: [
                "actor": .object(["version": "benchmarks"]), "app_id": "cli_benchmark",
                "base_url": "http://127.0.0.1:9", "sources": [],
            ]
        )
    }

    private func listings() -> [AuditEvent] {
        (1..<nextSource).map { source in
            AuditEvent(
                .sourceListed,
                [
                    "source": .integer(source), "complete": true, "restricted": false,
                    "counts": .object([:]), "coverage": .object([:]), "blind": false,
                ]
            )
        }
    }

    private func finished() -> AuditEvent {
        AuditEvent(
            .runFinished,
            [
                "outcome": "complete", "exit_code": 0, "conditions": [],
                "totals": .object(["listed": .integer(attachments)]),
            ],
            hidden: ["summary": .object(["outcome": "complete", "exit_code": 0])]
        )
    }
}
