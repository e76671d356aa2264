package import LarkiveCore

/// What the audit log says of the bytes of an attachment.
///
/// The manifest is an index that anybody who can write the archive can change; the record is what
/// was signed. Whether the log itself is whole, `verify` tells.
package enum HeldRecord: Sendable {
    case same
    /// The log names other bytes than the manifest.
    case other(ContentDigest)
    case unrecorded
    /// A part of the log in which the record may stand cannot be read.
    case unread(VaultError)
}

extension ReadingVault {
    /// Looks for the records by which versions of attachments are held, in the order of the rows.
    ///
    /// One that is where its time says costs a few segments, one that is not the whole log; a
    /// segment is read once for all of them. What cannot be read does not stop the search.
    package func heldRecords(of rows: [FileRow]) -> [HeldRecord] {
        do {
            var search = try HeldSearch(rows, layout.audit)
            return search.run()
        } catch { return rows.map { _ in .unread(VaultError(error)) } }
    }
}

private struct HeldSearch {
    /// How such records begin: their fields are sorted.
    private static let start = Array(#"{"record":{"attachment":"#.utf8)

    private let rows: [FileRow]
    private let segments: Segments
    private let journal: [UInt8]
    private var times: SegmentTimes
    private let wanted: [FileVersion: ContentDigest?]
    private let attachments: Set<Int64>
    private var found: [FileVersion: HeldRecord] = [:]
    private var open: Int
    /// Why a part of the log was not looked into.
    private var unread: VaultError?

    init(_ rows: [FileRow], _ audit: Directory) throws {
        self.rows = rows
        segments = Segments(audit: audit)
        // Before the segments: a run that seals meanwhile makes it one of them.
        journal = try audit.contents(JournalFile.name) ?? []
        times = try SegmentTimes(segments)
        wanted = Dictionary(rows.map { (FileVersion($0), $0.sha256) }) { first, _ in first
        }
        attachments = Set(rows.map(\.id))
        open = wanted.count
    }

    mutating func run() -> [HeldRecord] {
        let near = likely()
        let others = times.names.filter { !near.contains($0) }.reversed()
        for name in near.sorted() + others where open > 0 {
            do { try look(into: name) } catch { unread = VaultError(error) }
        }
        for line in Lines(journal) where open > 0 { look(at: line) }
        let wanting = unread.map(HeldRecord.unread) ?? .unrecorded
        return rows.map { found[FileVersion($0)] ?? wanting }
    }

    /// One that cannot be read is met again among all the others.
    private mutating func likely() -> Set<SegmentName> {
        let held = Set(rows.compactMap { $0.json["archived_at"]?.string })
        return held.compactMap { Timestamp($0) }
            .reduce(into: []) { $0.formUnion(times.around($1)) }
    }

    private mutating func look(into name: SegmentName) throws {
        let segments = segments
        try segments.forEachLine(of: name) { line in
            look(at: line)
            return open > 0
        }
    }

    private mutating func look(at slice: ArraySlice<UInt8>) {
        guard isOfThese(slice), let line = try? AuditLine(reading: Array(slice)) else { return }
        take(line.record.event)
    }

    private func isOfThese(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: Self.start) else { return false }
        let digits = line.dropFirst(Self.start.count).prefix { (0x30...0x39).contains($0) }
        return Int64(String(decoding: digits, as: UTF8.self)).map(attachments.contains) ?? false
    }

    private mutating func take(_ event: AuditEvent) {
        guard [.attachmentHeld, .attachmentAdopted].contains(event.type),
            let attachment = event.record["attachment"]?.integer,
            let version = event.record["version"]?.integer,
            let hex = event.record["sha256"]?.string, let named = ContentDigest(hex: hex),
            case let file = FileVersion(attachment, version), let digest = wanted[file]
        else { return }
        if case .same = found[file] { return }
        found[file] = named == digest ? .same : .other(named)
        if named == digest { open -= 1 }
    }
}
