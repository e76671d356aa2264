internal import CLinux
internal import FoundationEssentials
internal import GRDB
package import LarkiveCore

extension SQLiteManifest {
    /// When the object that has gone longest without being read was last known to be good: when it
    /// was stored, or when it was read.
    ///
    /// Damaged objects are told elsewhere and do not count. A look later than now is none: a clock was
    /// wrong.
    package func oldestUnverified(at now: Timestamp) throws(ManifestError) -> String? {
        let ranges = try verifiedRanges().ranges.filter { range in
            Timestamp(range.time).map { $0 <= now } ?? false
        }
        return try inDatabase { db in
            var oldest: [String] = []
            var begun: ContentDigest? = .smallest
            for range in ranges {
                if let begun, let time = try Self.firstHeld(begun, range.from, db) {
                    oldest.append(time)
                }
                if let time = try Self.firstHeld(range.from, range.to, db) {
                    oldest.append(max(time, range.time))
                }
                begun = range.to
            }
            if let begun, let time = try Self.firstHeld(begun, nil, db) { oldest.append(time) }
            return oldest.min()
        }
    }

    private static func firstHeld(
        _ from: ContentDigest,
        _ to: ContentDigest?,
        _ db: Database
    ) throws -> String? {
        try String.fetchOne(
            db,
            sql: """
                SELECT min(first_held) FROM object
                WHERE digest >= ?1 AND (?2 IS NULL OR digest < ?2) AND damaged IS NULL
                """,
            arguments: [Data(from.bytes), to.map { Data($0.bytes) }]
        )
    }
}

extension ReadingVault {
    /// The newest note: how many records it covers, and when it was written.
    package func lastCheckpoint() -> (size: Int64, time: Timestamp?)? {
        guard let tlog = try? layout.audit.directory("tlog"),
            let bytes = try? tlog.contents(NoteShelf.newest),
            let keys = try? NoteShelf.keys(in: tlog),
            let note = SignedNote(String(decoding: bytes, as: UTF8.self), signedByAnyOf: keys)
        else { return nil }
        let newer = NoteShelf.newer(than: note, in: tlog)
        let place = newer.map { ($0.folder, $0.name) } ?? (tlog, NoteShelf.newest)
        let time = (try? place.0.look(at: place.1)).flatMap { $0 }.map {
            Timestamp(milliseconds: $0.changed / 1_000_000)
        }
        return ((newer?.note ?? note).checkpoint.size, time)
    }

    /// What was set aside, in bytes.
    package func quarantineBytes() -> Int64 {
        let names = (try? layout.quarantine.names()) ?? []
        return names.compactMap { try? layout.quarantine.file($0, .reading).size() }
            .reduce(0, +)
    }
}
