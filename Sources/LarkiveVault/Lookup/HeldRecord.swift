package import LarkiveCore

/// What the audit log says of the bytes of an attachment.
///
/// The manifest is an index that anybody who can write the archive can change; the record is what
/// was signed. Whether the log itself is whole, `verify` tells.
package enum HeldRecord: Equatable, Sendable {
    case same
    /// The log names other bytes than the manifest.
    case other(ContentDigest)
    case none
}

extension ReadingVault {
    /// Looks for the records by which versions of attachments are held, in the order of the rows.
    ///
    /// One that is where its time says costs a few segments, one that is not the whole log; a
    /// segment is read once for all of them.
    package func heldRecords(of rows: [FileRow]) throws -> [HeldRecord] {
        do {
            var search = try HeldSearch(rows, layout.audit)
            return try search.run()
        } catch { throw VaultError(error) }
    }
}

private struct HeldSearch {
    /// How such records begin: their fields are sorted.
    private static let start = Array(#"{"record":{"attachment":"#.utf8)

    private let rows: [FileRow]
    private let segments: Segments
    private let wanted: [FileVersion: ContentDigest?]
    private let attachments: Set<Int64>
    private var found: [FileVersion: HeldRecord] = [:]
    private var open: Int

    init(_ rows: [FileRow], _ audit: Directory) throws {
        self.rows = rows
        segments = Segments(audit: audit)
        wanted = Dictionary(rows.map { (FileVersion($0), $0.sha256) }) { first, _ in first
        }
        attachments = Set(rows.map(\.id))
        open = wanted.count
    }

    mutating func run() throws -> [HeldRecord] {
        // Before the segments: a run that seals meanwhile makes it one of them.
        let journal = try segments.audit.contents(JournalFile.name) ?? []
        var times = try SegmentTimes(segments)
        let near = try likely(&times)
        let others = times.names.filter { !near.contains($0) }.reversed()
        for name in near.sorted() + others where open > 0 { look(into: try segments.read(name)) }
        if open > 0 { look(into: journal) }
        return rows.map { found[FileVersion($0)] ?? .none }
    }

    private func likely(_ times: inout SegmentTimes) throws -> Set<SegmentName> {
        let held = Set(rows.compactMap { $0.json["archived_at"]?.string })
        return try held.compactMap { Timestamp($0) }
            .reduce(into: []) { $0.formUnion(try times.around($1)) }
    }

    private mutating func look(into bytes: [UInt8]) {
        for slice in Lines(bytes) where isOfThese(slice) {
            guard let line = try? AuditLine(reading: Array(slice)) else { continue }
            take(line.record.event)
        }
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
            let digest = wanted[FileVersion(attachment, version)],
            found[FileVersion(attachment, version)] != .same
        else { return }
        found[FileVersion(attachment, version)] = named == digest ? .same : .other(named)
        if named == digest { open -= 1 }
    }
}
