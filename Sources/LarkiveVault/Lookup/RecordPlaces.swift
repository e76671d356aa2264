package import LarkiveCore

/// Where a record stands in the log.
package struct RecordPlace: Sendable {
    package let seq: Int64
    /// Below `audit`.
    package let file: String
    package let type: RecordType
    package let time: Timestamp
    package let version: Int64?
    /// Of the bytes that it speaks of.
    package let sha256: String?

    package var json: JSON {
        .object([
            "seq": .integer(seq), "segment": .string(file), "type": .string(type.rawValue),
            "time": .string(time.description), "version": version.map(JSON.integer),
            "sha256": sha256.map(JSON.string),
        ])
    }
}

/// The records that speak of one attachment, in their order.
package struct RecordPlaces: Sendable {
    package let all: [RecordPlace]
    /// Whether the whole log was read for them.
    package let isWhole: Bool
    /// Contents that the manifest says are held, and no record of the log does.
    package let unheld: Set<Int64>
    /// Why a part of the log was not read.
    package let unread: VaultError?
}

extension ReadingVault {
    /// The records by which an attachment appeared, was held, and vanished, and what was found of its
    /// object.
    ///
    /// A short log is read whole. Of a long one the segments are read in which, by their times, the
    /// records stand that the manifest's present word comes from; all of them where one by which it
    /// is held is not there. What cannot be read does not stop the search.
    package func records(of story: FileStory) -> RecordPlaces {
        do {
            var search = RecordSearch(story, layout.audit)
            return try search.run()
        } catch {
            let unread = VaultError(error)
            return RecordPlaces(all: [], isWhole: false, unheld: [], unread: unread)
        }
    }
}

private struct RecordSearch {
    /// The record's own part of a line is never longer where these are looked for.
    private static let head = 1_024
    private static let ofObjects = Array(#""type":"object."#.utf8)
    private static let ofTasks = Array(#""type":"tasks.listed""#.utf8)
    /// Of a log that has no more than this, in segments and in compressed bytes, all is read.
    private static let (few, little) = (128, Int64(1 << 20))

    private let story: FileStory
    private let segments: Segments
    /// What lines begin with, or hold near their beginning.
    private let (own, ranges): ([UInt8], [UInt8])
    /// How a listing tells of it again, when its content is another; nil where it has but one.
    private let again: [UInt8]?
    private let digests: [[UInt8]]
    private let times: Set<String>
    private var found: [RecordPlace] = []
    private var unheld: Set<Int64>
    /// Segments that were read to their end.
    private var whole: Set<SegmentName> = []
    private var unread: VaultError?

    init(_ story: FileStory, _ audit: Directory) {
        self.story = story
        segments = Segments(audit: audit)
        own = Array(#"{"record":{"attachment":\#(story.row.id),"#.utf8)
        ranges = Array(#"{"record":{"attachments":"#.utf8)
        again = story.versions.count > 1 ? Array(#""number":\#(story.row.id),"#.utf8) : nil
        digests = story.versions.compactMap(\.digest).map { Array($0.hex.utf8) }
        unheld = Set(story.versions.filter { $0.digest != nil }.map(\.number))
        let seen = [story.seen.first, story.row.vanished] + story.seen.all.map(\.missed)
        let held = story.versions.map(\.heldAt)
        let failed = [story.ledger?["first_failed"]?.string, story.object?.damaged]
        times = Set((seen + held + failed).compactMap { $0 })
    }

    mutating func run() throws -> RecordPlaces {
        // Before the segments: a run that seals meanwhile makes it one of them.
        let journal = try segments.audit.contents(JournalFile.name) ?? []
        var clock = try SegmentTimes(segments)
        if isShort(clock.names) {
            for name in clock.names { look(into: name) }
        } else {
            lookNearTimes(&clock)
        }
        for slice in Lines(journal) { look(at: slice, JournalFile.name) }
        for name in clock.names.reversed() where !unheld.isEmpty { look(into: name) }
        var known: Set<Int64> = []
        return RecordPlaces(
            all: found.sorted { $0.seq < $1.seq }.filter { known.insert($0.seq).inserted },
            isWhole: whole.count == clock.names.count && isGapless(clock.names),
            unheld: unheld,
            unread: unread ?? clock.unread.map(VaultError.init)
        )
    }

    private func isGapless(_ names: [SegmentName]) -> Bool {
        names.enumerated().allSatisfy { $0.element.number == Int64($0.offset) }
    }

    /// What is not where its time says may stand beside it: times are equal across a border, and
    /// clocks step.
    private mutating func lookNearTimes(_ clock: inout SegmentTimes) {
        let near = times.compactMap { Timestamp($0) }.map { ($0, clock.around($0)) }
        for (name, times) in Dictionary(grouping: near, by: { $0.1.first }) {
            guard let name else { continue }
            look(into: name, for: Set(times.map(\.0)))
        }
        for (time, names) in near where !found.contains(where: { $0.time == time }) {
            for name in names { look(into: name) }
        }
    }

    /// Reads a segment until records of all these times, and those beside them of the same, are found; to
    /// its end where none are given.
    private mutating func look(into name: SegmentName, for times: Set<Timestamp> = []) {
        do { try read(name, for: times) } catch { unread = VaultError(error) }
    }

    private mutating func read(_ name: SegmentName, for times: Set<Timestamp>) throws {
        guard !whole.contains(name) else { return }
        let segments = segments
        var (open, last, isWhole) = (times, [UInt8]?.none, true)
        try segments.forEachLine(of: name) { line in
            if let time = look(at: line, name.path) {
                open.remove(time)
                last = open.isEmpty && !times.isEmpty ? Array(time.description.utf8) : nil
            } else if let last, !line.prefix(Self.head).holds(last) {
                isWhole = false
            }
            return isWhole
        }
        if isWhole { whole.insert(name) }
    }

    private func isShort(_ names: [SegmentName]) -> Bool {
        guard names.count <= Self.few else { return false }
        let sizes = names.map { (try? segments.size(of: $0)) ?? 0 }
        return sizes.reduce(0, +) <= Self.little
    }

    /// The time of the record in a line, when it is one of those that are looked for.
    @discardableResult
    private mutating func look(at slice: ArraySlice<UInt8>, _ file: String) -> Timestamp? {
        guard mayName(slice), let line = try? AuditLine(reading: Array(slice)),
            isWanted(line.record)
        else { return nil }
        let event = line.record.event
        let version = event.record["version"]?.integer ?? listedVersion(event)
        if let version, event.type == .attachmentHeld || event.type == .attachmentAdopted {
            unheld.remove(version)
        }
        found.append(
            RecordPlace(
                seq: line.record.seq,
                file: file,
                type: event.type,
                time: line.record.time,
                version: version,
                sha256: event.record["sha256"]?.string
            )
        )
        return line.record.time
    }

    /// Without reading the line as JSON: few are.
    private func mayName(_ line: ArraySlice<UInt8>) -> Bool {
        if line.starts(with: own) { return true }
        let head = line.prefix(Self.head)
        if line.starts(with: ranges) {
            let given = ListedNumbers(line.dropFirst(ranges.count))
            if given?.contains(story.row.id) == true { return true }
            return again.map { isTasks(head) && line.holds($0) } ?? false
        }
        return head.holds(Self.ofObjects) && digests.contains { head.holds($0) }
    }

    private func isWanted(_ record: AuditRecord) -> Bool {
        let (event, number) = (record.event, story.row.id)
        if event.type.isOfObject {
            return event.record["sha256"]?.string.map { digests.contains(Array($0.utf8)) } ?? false
        }
        switch event.type {
        case .messagesExamined, .tasksListed:
            guard let given = ListedNumbers(event) else { return false }
            return given.contains(number) || listedVersion(event) != nil
        default: return event.record["attachment"]?.integer == number
        }
    }

    /// Contents are replaced in tasks only.
    private func isTasks(_ head: ArraySlice<UInt8>) -> Bool {
        head.holds(Self.ofTasks)
    }

    /// The content that a listing says has come in place of another.
    private func listedVersion(_ event: AuditEvent) -> Int64? {
        again == nil ? nil : event.listedAgain(story.row.id)?["version"]?.integer
    }
}
