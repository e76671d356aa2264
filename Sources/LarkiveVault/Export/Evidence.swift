internal import LarkiveCore

/// What the log says of an attachment that was asked for.
struct Evidence {
    /// The signed record by which these bytes are held.
    var held: Int64?
    /// What a record names in place of these bytes.
    var other: ContentDigest?
    /// Whether a record that is not signed yet names these bytes.
    var isUnsigned = false
    /// The records that list it, and whether their private parts are all given.
    var listed: [Int64] = []
    var isGiven = true
}

/// Which records speak of the attachments that were asked for, and how much of each may be given.
///
/// A private part that speaks of anything else stays in the archive: the record itself holds no
/// personal data, and is proven without it.
struct EvidenceSearch {
    enum Share { case whole, recordOnly }

    private let items: BagItems
    private let wanted: Set<String>
    private let scope: ExportScope
    /// Whether private parts are given that speak of others, too.
    private let isWhole: Bool
    /// Names of the sources by their numbers, as far as they are wanted.
    private var sources: [Int64: String] = [:]
    /// By the places of the items.
    private(set) var found: [Evidence]

    init(_ items: BagItems, sources: Set<String>, scope: ExportScope, isWhole: Bool) {
        self.items = items
        wanted = sources
        self.scope = scope
        self.isWhole = isWhole
        found = items.indices.map { _ in Evidence() }
    }

    /// Notes what a signed record says; nil when it speaks of nothing that was asked for.
    mutating func take(_ line: LogLine) throws(AuditError) -> Share? {
        switch line.type {
        case .sourceAdded: try takeSource(line)
        case .messagesExamined, .tasksListed: try takeListing(line)
        case .attachmentHeld, .attachmentAdopted: takeHeld(line)
        default: nil
        }
    }

    /// Notes what a record says that no note covers yet.
    mutating func takeUnsigned(_ line: LogLine) {
        guard let place = heldPlace(line), digest(line) == items[place].digest else { return }
        found[place].isUnsigned = true
    }

    private mutating func takeSource(_ line: LogLine) throws(AuditError) -> Share? {
        guard let number = line.fields["source"]?.integer,
            let name = try line.hidden()["name"]?.string, wanted.contains(name)
        else { return nil }
        sources[number] = name
        return .whole
    }

    private mutating func takeHeld(_ line: LogLine) -> Share? {
        guard let place = heldPlace(line) else { return nil }
        if digest(line) == items[place].digest {
            found[place].held = line.seq
        } else {
            found[place].other = digest(line)
        }
        return .whole
    }

    private func heldPlace(_ line: LogLine) -> Int? {
        guard [.attachmentHeld, .attachmentAdopted].contains(line.type),
            let number = line.fields["attachment"]?.integer,
            let version = line.fields["version"]?.integer
        else { return nil }
        return items.place(of: FileVersion(number, version))
    }

    private func digest(_ line: LogLine) -> ContentDigest? {
        line.fields["sha256"]?.string.flatMap { ContentDigest(hex: $0) }
    }

    private mutating func takeListing(_ line: LogLine) throws(AuditError) -> Share? {
        guard let source = line.fields["source"]?.integer, let name = sources[source],
            let first = line.fields["first"]?.integer
        else { return nil }
        let subjects = Subject.all(in: try line.hidden(), of: name, first: first)
        let own = Set(subjects.flatMap { places(of: $0) })
        guard !own.isEmpty else { return nil }
        let isGiven = isWhole || subjects.allSatisfy { isAsked($0, name) }
        for place in own {
            found[place].listed.append(line.seq)
            found[place].isGiven = found[place].isGiven && isGiven
        }
        return isGiven ? .whole : .recordOnly
    }

    /// What is said of a message is said of all that hangs on it.
    private func places(of subject: Subject) -> [Int] {
        items.places(of: subject.home) + subject.numbers.flatMap { items.places(of: $0) }
    }

    /// Whether all that is said of a message or task was asked for.
    ///
    /// Of messages without attachments a record has id and folder; they belong to a source that was
    /// asked for as a whole.
    private func isAsked(_ subject: Subject, _ source: String) -> Bool {
        (!items.places(of: subject.home).isEmpty || scope.covers(source: source))
            && subject.numbers.allSatisfy { !items.places(of: $0).isEmpty }
    }
}

/// A message or task of a listing, with its attachments; new ones by the numbers that they are given.
private struct Subject {
    let home: BagItems.Home
    let numbers: [Int64]

    static func all(in hidden: JSONObject, of source: String, first: Int64) -> [Subject] {
        var next = first
        let messages = (hidden["messages"]?.array ?? []).map {
            Subject($0, BagItems.Home(mailbox: source, id: $0["id"]?.string ?? ""), &next)
        }
        return messages
            + (hidden["tasks"]?.array ?? []).map {
                Subject($0, BagItems.Home(mailbox: nil, id: $0["guid"]?.string ?? ""), &next)
            }
    }

    private init(_ place: JSON, _ home: BagItems.Home, _ next: inout Int64) {
        self.home = home
        var numbers: [Int64] = []
        for item in place["attachments"]?.array ?? [] {
            let known = item["number"]?.integer
            numbers.append(known ?? next)
            if known == nil { next += 1 }
        }
        self.numbers = numbers
    }
}
