import LarkiveCore
import LarkiveTesting

@testable import LarkiveVault

/// What happens, one step at a time.
extension SampleCatalogue {
    mutating func addMessage() throws {
        let source = Int64.random(in: Self.mailSources, using: &random)
        var parent = Parent(id: "m\(parents.count)==", source: source)
        parent.isDraft = pick(3) == 0
        write(&parent)
        parents.append(parent)
        try examine(parents.count - 1, keeping: [], adding: pick(3) + 1)
    }

    /// A draft is read again: other words, fewer or more attachments.
    mutating func examineAgain() throws {
        let drafts = parents.indices.filter { parents[$0].isDraft }
        guard !drafts.isEmpty else { return }
        let place = drafts[pick(drafts.count)]
        var parent = parents[place]
        write(&parent)
        parents[place] = parent
        let kept = parents[place].entries.filter { _ in pick(3) > 0 }
        try examine(place, keeping: kept, adding: kept.isEmpty ? 1 : pick(2))
    }

    private mutating func write(_ parent: inout Parent) {
        parent.subject = pick(8) == 0 ? nil : text()
        parent.sender = pick(8) == 0 ? nil : SampleText.senders[pick(SampleText.senders.count)]
        parent.senderName = pick(3) == 0 ? nil : text()
        parent.date = date()
    }

    /// Few days, so that many things happen on one.
    mutating func date() -> Int64? {
        switch pick(20) {
        case 0: nil
        case 1: -Int64(pick(100_000_000))
        default: 1_772_000_000_000 + Int64(pick(30)) * 86_400_000 + Int64(pick(40)) * 2_160_000
        }
    }

    mutating func text() -> String {
        (0..<(1 + pick(3))).map { _ in SampleText.pieces[pick(SampleText.pieces.count)] }
            .joined(separator: ["", " ", "-", "_"][pick(4)])
    }

    mutating func fileName() -> String {
        names.isEmpty ? text() + [".pdf", ".xlsx", ""][pick(3)] : names[pick(names.count)]
    }

    private mutating func examine(_ place: Int, keeping kept: [Int], adding count: Int) throws {
        let parent = parents[place]
        let first = Int64(entries.count) + 1
        var attachments: [LarkiveCore.Attachment] = []
        for entry in parent.entries {
            let isKept = kept.contains(entry)
            entries[entry].isVanished = !isKept
            if isKept { attachments.append(mail(entries[entry])) }
        }
        for _ in 0..<count {
            let entry = Entry(
                number: Int64(entries.count) + 1,
                key: try Self.mailKey(parent, entries.count),
                sources: [parent.source],
                contents: [Content(name: fileName())],
                parent: place,
                uploaded: nil
            )
            parents[place].entries.append(entries.count)
            entries.append(entry)
            attachments.append(mail(entry))
        }
        let message = Message(
            id: try Self.id(parent.id),
            subject: parent.subject,
            senderAddress: parent.sender,
            senderName: parent.senderName,
            date: parent.date.map(Timestamp.init(milliseconds:)),
            isDraft: parent.isDraft,
            attachments: attachments,
            evidence: .null
        )
        let known = kept.map { (entries[$0].key.attachment, entries[$0].number) }
        let examined = ExaminedMessage(
            message: message,
            folder: try Self.id("INBOX"),
            known: Dictionary(uniqueKeysWithValues: known)
        )
        waiting.append(.examined([examined], source: parent.source, first: first))
    }

    private func mail(_ entry: Entry) -> LarkiveCore.Attachment {
        LarkiveCore.Attachment(
            key: entry.key,
            name: entry.contents[0].name,
            kind: .mail(MailPart(type: 1, isInline: false, contentID: nil))
        )
    }

    mutating func addTask() throws {
        let source = Int64.random(in: Self.taskSources, using: &random)
        var parent = Parent(id: "t\(parents.count)", source: source)
        parent.summary = text()
        parents.append(parent)
        let first = Int64(entries.count) + 1
        var steps: [TaskPlan.Step] = []
        for _ in 0...pick(3) {
            let entry = Entry(
                number: Int64(entries.count) + 1,
                key: .task(try Self.id(parent.id), try Self.id("g\(entries.count)")),
                sources: [source],
                contents: [content()],
                parent: parents.count - 1,
                uploaded: date()
            )
            parents[parents.count - 1].entries.append(entries.count)
            entries.append(entry)
            steps.append(.new(task(entry)))
        }
        try list(parents.count - 1, steps, source, first: first)
    }

    private mutating func content() -> Content {
        Content(name: fileName(), size: Int64(pick(5_000)) * Int64(pick(5_000)))
    }

    private func task(_ entry: Entry) -> LarkiveCore.Attachment {
        let content = entry.contents[entry.contents.count - 1]
        let upload = TaskUpload(
            uploader: nil,
            uploadedAt: entry.uploaded.map(Timestamp.init(milliseconds:)),
            evidence: .null
        )
        return LarkiveCore.Attachment(
            key: entry.key,
            name: content.name,
            size: content.size,
            kind: .task(upload)
        )
    }

    private mutating func list(
        _ place: Int,
        _ steps: [TaskPlan.Step],
        _ source: Int64,
        first: Int64? = nil
    ) throws {
        let parent = parents[place]
        let item = TaskItem(
            id: try Self.id(parent.id),
            parent: nil,
            summary: parent.summary ?? ""
        )
        let next = first ?? Int64(entries.count) + 1
        waiting.append(.listed([(item, steps)], source: source, first: next))
    }

    private mutating func anyTask() -> Int? {
        let tasks = entries.indices.filter { parents[entries[$0].parent].summary != nil }
        return tasks.isEmpty ? nil : tasks[pick(tasks.count)]
    }

    /// Another content under the same guid.
    mutating func change() throws {
        guard let place = anyTask() else { return }
        entries[place].contents.append(content())
        let entry = entries[place]
        let step = TaskPlan.Step.changed(
            task(entry),
            number: entry.number,
            version: Int64(entry.contents.count)
        )
        try list(entry.parent, [step], parents[entry.parent].source)
    }

    /// A second list has it too.
    mutating func sight() throws {
        guard let place = anyTask() else { return }
        let source = Int64.random(in: Self.taskSources, using: &random)
        entries[place].sources.insert(source)
        try list(entries[place].parent, [.sighted(number: entries[place].number)], source)
    }

    mutating func rename() throws {
        guard let place = anyTask() else { return }
        let parent = entries[place].parent
        parents[parent].summary = text()
        try list(parent, [], parents[parent].source)
    }

    mutating func hold() {
        guard !entries.isEmpty else { return }
        let place = pick(entries.count)
        let version = entries[place].contents.count - 1
        guard entries[place].contents[version].digest == nil else { return }
        let size = Int64(pick(5_000)) * Int64(pick(5_000))
        let digest = ContentDigest.of(Array("\(size)".utf8)).hex
        entries[place].contents[version].digest = digest
        entries[place].contents[version].size = size
        waiting.append(
            AuditEvent(
                .attachmentHeld,
                [
                    "attachment": .integer(entries[place].number), "via": "link",
                    "version": .integer(Int64(version) + 1), "size": .integer(size),
                    "sha256": .string(digest),
                ]
            )
        )
    }

    mutating func vanishOrReturn() {
        guard !entries.isEmpty else { return }
        let place = pick(entries.count)
        entries[place].isVanished.toggle()
        waiting.append(
            AuditEvent(
                entries[place].isVanished ? .attachmentVanished : .attachmentReappeared,
                [
                    "attachment": .integer(entries[place].number),
                    "source": .integer(parents[entries[place].parent].source),
                ]
            )
        )
    }

    private static func mailKey(_ parent: Parent, _ number: Int) throws -> AttachmentKey {
        guard case .mail(let mailbox)? = SourceName(name(of: parent.source)) else {
            throw NoID()
        }
        return .mail(mailbox, try id(parent.id), try id("a\(number)"))
    }

    private static func id<Of>(_ text: String) throws -> Identifier<Of> {
        guard let id = Identifier<Of>(text) else { throw NoID() }
        return id
    }

    private struct NoID: Error {}
}
