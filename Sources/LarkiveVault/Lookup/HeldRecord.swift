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
    /// Looks for the record by which a version of an attachment is held.
    ///
    /// One that is where its time says costs a few segments, one that is not the whole log.
    package func heldRecord(of row: FileRow) throws -> HeldRecord {
        do {
            return try HeldSearch(row, layout.audit).run()
        } catch { throw VaultError(error) }
    }
}

private struct HeldSearch {
    let segments: Segments
    let attachment: Int64
    let version: Int64
    let digest: ContentDigest?
    let time: Timestamp?
    /// What each line of it must contain, so that few have to be read.
    private let mark: [UInt8]

    init(_ row: FileRow, _ audit: Directory) {
        segments = Segments(audit: audit)
        (attachment, version, digest) = (row.id, row.version, row.sha256)
        time = row.json["archived_at"]?.string.flatMap { Timestamp($0) }
        mark = Array("\"attachment\":\(row.id)".utf8)
    }

    func run() throws -> HeldRecord {
        // Before the segments: a run that seals meanwhile makes it one of them.
        let journal = try segments.audit.contents(JournalFile.name) ?? []
        let names = try segments.all()
        let near = try likely(names)
        var found = HeldRecord.none
        for name in near + names.filter({ !near.contains($0) }).reversed() {
            found = merge(found, try look(into: segments.read(name)))
            if found == .same { return found }
        }
        return merge(found, look(into: journal))
    }

    /// The segment in which a record of that time should stand, and its neighbours.
    private func likely(_ names: [SegmentName]) throws -> [SegmentName] {
        guard let time, !names.isEmpty else { return [] }
        var (low, high) = (0, names.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            let first = try firstTime(of: names[middle])
            if first.map({ $0 <= time }) ?? true { low = middle } else { high = middle }
        }
        let around = names[max(0, low - 1)..<min(names.count, low + 2)]
        return [names[low]] + around.filter { $0 != names[low] }
    }

    private func firstTime(of name: SegmentName) throws -> Timestamp? {
        Lines(try segments.read(name)).first { _ in true }
            .flatMap { try? AuditLine(reading: Array($0)) }?.record.time
    }

    private func look(into bytes: [UInt8]) -> HeldRecord {
        Lines(bytes).lazy.filter { $0.contains(mark) }
            .compactMap { try? AuditLine(reading: Array($0)) }
            .map { said(by: $0.record.event) }
            .reduce(.none, merge)
    }

    private func said(by event: AuditEvent) -> HeldRecord {
        guard [.attachmentHeld, .attachmentAdopted].contains(event.type),
            event.record["attachment"]?.integer == attachment,
            event.record["version"]?.integer == version,
            let hex = event.record["sha256"]?.string, let named = ContentDigest(hex: hex)
        else { return .none }
        return named == digest ? .same : .other(named)
    }

    private func merge(_ first: HeldRecord, _ second: HeldRecord) -> HeldRecord {
        first == .same || second == .none ? first : second
    }
}
