import LarkiveCore
import LarkiveVault

/// The story of an attachment, for people and for programs.
struct StoryPage {
    let story: FileStory
    let records: RecordPlaces
    /// The other places of the same bytes; for people the first of them.
    private let places: [FileRow]

    private var row: FileRow { story.row }

    init(
        _ story: FileStory,
        _ records: RecordPlaces,
        in manifest: SQLiteManifest,
        json: Bool
    ) throws {
        (self.story, self.records) = (story, records)
        places = try manifest.rows(
            of: json ? story.places[...] : story.places.prefix(Self.mostPlaces)
        )
    }

    // MARK: for programs

    /// The fields of `find`, and what else is known.
    var json: JSONObject {
        var object = row.json
        for member in story.details.members { object.append(member.name, member.value) }
        if let first = story.seen.first { object.append("first_seen", .string(first)) }
        if let last = story.seen.last { object.append("last_seen", .string(last)) }
        object.append("upstream", .string(upstreamWord))
        object.append("sightings", .array(story.seen.all.map(Self.json)))
        if let stored = story.object { object.append("object", Self.json(stored)) }
        object.append("versions", .array(story.versions.map(\.json)))
        if let ledger = story.ledger { object.append("ledger", .object(ledger)) }
        object.append("records", .array(records.all.map(\.json)))
        object.append("records_whole", .bool(records.isWhole))
        object.append("places", .array(places.map { .object($0.json) }))
        return object
    }

    private static func json(_ sighting: Sightings.Sighting) -> JSON {
        .object([
            "source": .string(sighting.source),
            "last_complete_listing": sighting.listed.map(JSON.string),
            "missed": sighting.missed.map(JSON.string),
        ])
    }

    private static func json(_ object: FileStory.Object) -> JSON {
        .object([
            "path": .string(object.path), "stored": .string(object.firstHeld),
            "verified": object.verified.map(JSON.string),
            "damaged": object.damaged.map(JSON.string), "lost": object.lost.map(JSON.string),
            "accepted": object.accepted.map(JSON.string),
        ])
    }

    private var upstreamWord: String {
        if row.isOlder { return "replaced" }
        let isListed = row.vanished == nil && story.seen.all.contains { $0.missed == nil }
        return isListed ? "listed" : "not_listed"
    }

    /// What the log says of the bytes that the manifest gives it.
    ///
    /// A record is there before its row: where the manifest has none yet, it says nothing against it.
    var held: HeldRecord {
        guard let digest = row.sha256 else { return .same }
        if let said { return said == digest ? .same : .other(said) }
        if let failure = records.unread { return .unread(failure) }
        return records.unheld.contains(row.version) ? .unrecorded : .same
    }

    /// Whether a run that is at work, or that died, has recorded bytes which the manifest lacks.
    var isAhead: Bool { row.sha256 == nil && said != nil }

    private var said: ContentDigest? {
        let held = records.all.last {
            [.attachmentHeld, .attachmentAdopted].contains($0.type) && $0.version == row.version
        }
        return held?.sha256.flatMap { ContentDigest(hex: $0) }
    }

    // MARK: for people

    private static let mostPlaces = 20

    var lines: [String] {
        let facts = identity + mail + task + upstream + content + versions + audit + sameBytes
        let width = facts.map { Terminal.width($0.label) }.max() ?? 0
        var former = ""
        return ["\(row.id)  \(row.name.shown)"]
            + facts.map { fact in
                let label = fact.label == former ? "" : fact.label
                former = fact.label
                let space = String(repeating: " ", count: width - Terminal.width(label))
                return "  \(label)\(space)  \(fact.text.shown)"
            }
    }

    private struct Fact {
        let label: String
        let text: String

        init(_ label: String, _ text: String) { (self.label, self.text) = (label, text) }

        /// Nil where there is nothing to say.
        init?(_ label: String, _ text: String?) {
            guard let text else { return nil }
            self.init(label, text)
        }
    }

    private func field(_ label: String, _ name: String) -> Fact? {
        Fact(label, row.json[name]?.string ?? story.details[name]?.string)
    }

    private func moment(_ label: String, _ name: String) -> Fact? {
        let time = row.json[name]?.string ?? story.details[name]?.string
        return Fact(label, time.map(LocalTime.text))
    }

    private var identity: [Fact] {
        var state = row.state
        if let rule = row.json["rule"]?.string { state += " by the rule \(rule)" }
        if row.isOlder { state += ", replaced in Feishu since" }
        let failure = story.ledger.map { ledger in
            "\(ledger["reason"]?.string ?? "unknown"): \(ledger["detail"]?.string ?? "") "
                + "(tried \(ledger["attempts"]?.integer ?? 0) times, "
                + "next \(ledger["next_try"]?.string.map(LocalTime.text) ?? "-"))"
        }
        return [Fact("key", row.key), Fact("state", state)]
            + [Fact("missing", failure)].compactMap { $0 }
    }

    private var mail: [Fact] {
        guard row.json["mailbox"] != nil else { return [] }
        let names = [row.json["from_name"]?.string, row.from].compactMap { $0 }
        return [
            field("mailbox", "mailbox"), field("folder", "folder"), field("message", "message_id"),
            field("attachment", "attachment_id"),
            Fact("from", names.isEmpty ? nil : names.joined(separator: " ")),
            field("subject", "subject"), moment("sent", "date"),
            story.details["inline"] == .bool(true) ? Fact("inline", "inside of the body") : nil,
        ].compactMap { $0 }
    }

    private var task: [Fact] {
        [
            field("task", "task_guid"), field("summary", "task_summary"), field("guid", "guid"),
            field("file token", "file_token"), field("uploaded by", "uploader"),
            moment("uploaded", "uploaded"),
        ].compactMap { $0 }
    }

    private var upstream: [Fact] {
        let seen = [
            story.seen.first.map { "first \(LocalTime.text($0))" },
            story.seen.last.map { "last \(LocalTime.text($0))" },
        ]
        let listings = story.seen.all.map { sighting in
            let source = sighting.source
            if let missed = sighting.missed {
                return "not listed by \(source) since \(LocalTime.text(missed))"
            }
            return "listed by \(source)"
                + (sighting.listed.map { ", as of \(LocalTime.text($0))" } ?? "")
        }
        let gone = row.vanished.map { "no longer there: found missing \(LocalTime.text($0))" }
        let replaced =
            row.isOlder ? "another content is in its place; what is seen is that one" : nil
        return [Fact("seen", seen.compactMap { $0 }.joined(separator: ", "))]
            + ([replaced, gone].compactMap { $0 } + listings).map { Fact("in Feishu", $0) }
    }

    private var content: [Fact] {
        let size = row.size.map { "\(Figures.bytes($0)) (\($0) bytes)" }
        let known = [Fact("size", size), Fact("sha256", row.sha256?.hex)].compactMap { $0 }
        guard let object = story.object else { return known }
        return known + [
            Fact("object", object.path), Fact("stored", LocalTime.text(object.firstHeld)),
            Fact("verified", Self.verdict(on: object)),
        ]
    }

    private static func verdict(on object: FileStory.Object) -> String {
        if let time = object.accepted { return "lost; that was accepted \(LocalTime.text(time))" }
        if let time = object.lost {
            return "lost: nobody has its bytes any more, found \(LocalTime.text(time))"
        }
        return object.damaged.map { "damaged since \(LocalTime.text($0)): larkive repair" }
            ?? object.verified.map { "read and found good \(LocalTime.text($0))" }
            ?? "not read again since"
    }

    private var versions: [Fact] {
        guard story.versions.count > 1 else { return [] }
        return story.versions.map { version in
            let held = version.heldAt.map { ", archived \(LocalTime.text($0))" } ?? ", not archived"
            let name = version.json["name"]?.string ?? ""
            let digest = version.digest.map { "  \($0)" } ?? ""
            return Fact("versions", "\(row.id)@\(version.number)  \(name)\(held)\(digest)")
        }
    }

    private var audit: [Fact] {
        let shown = records.all.map { record in
            let version = record.version.map { ", version \($0)" } ?? ""
            return "record \(record.seq) in \(record.file): \(record.type.rawValue)\(version), "
                + record.time.description
        }
        let more = "the log is long, and may have more: larkive audit log --attachment \(row.id)"
        return (shown + (records.isWhole ? [] : [more])).map { Fact("audit", $0) }
    }

    private var sameBytes: [Fact] {
        let shown = places.map { place in
            let older = place.isOlder ? "@\(place.version)" : ""
            return Fact("same bytes", "\(place.id)\(older)  \(place.place)  \(place.name)")
        }
        let left = story.places.count - shown.count
        guard left > 0, let digest = row.sha256 else { return shown }
        return shown + [
            Fact("same bytes", "and \(left) more: larkive whohas sha256:\(digest.hex.prefix(12))")
        ]
    }
}
