internal import LarkiveCore

/// The parts of a log after opening it under the lock: compared with STATE, healed, ready to go on.
///
/// Reads the last segment, the journal and a few tiles, never the whole log.
struct OpenedLog: Sendable {
    let segments: Segments
    let shelf: NoteShelf
    private(set) var journal: JournalFile
    let tree: MerkleTree<TileDirectory>
    let lastSegment: SegmentName?
    let head: AuditJournal.Head
    /// Bytes of the journal that are not sealed.
    let unsealed: Int
    /// Records that stood in the journal: an earlier run died before sealing them.
    let leftover: [AuditRecord]
    /// What a dying run left after the last valid line, once it is in quarantine.
    private(set) var torn: Torn?
    /// What the journal holds that can be believed, and what stands after that.
    private let content: JournalFile.Content
    /// The last record of all; what it says may have to be finished.
    let last: AuditRecord?
    /// What had to be made again from what is signed, and what could not be asked, in words.
    var remarks: [String] = []

    struct Torn: Sendable {
        let bytes: Int
        let digest: ContentDigest
        let file: String
    }

    init(
        audit: Directory,
        quarantine: Directory,
        state: Directory,
        key: SigningKey,
        at now: Timestamp
    ) throws {
        let segments = Segments(audit: audit)
        do {
            let shelf = try NoteShelf(tlog: Self.tlog(of: audit), state: state, key: key)
            try segments.checkNewest()
            let sealed = try Self.end(of: try segments.last(), in: segments)
            // Before anything is signed: the former key must not vouch for a restart.
            try Self.refuseUnfinishedRestart(sealed.last, shelf)
            let tiles = LogTiles(
                shelf: shelf,
                segments: segments,
                quarantine: quarantine,
                now: now
            )
            let (tree, remade) = try tiles.tree(over: sealed)
            try self.init(segments, shelf, sealed, tree)
            remarks = remade
        } catch let failure as VaultError { throw failure } catch { throw AuditError(error) }
        try Self.refuseUnfinishedRestart(last, shelf)
    }

    /// Takes over what is sealed, and the valid part of the journal after it.
    init(
        _ segments: Segments,
        _ shelf: NoteShelf,
        _ sealed: Sealed,
        _ tree: MerkleTree<TileDirectory>
    ) throws {
        self.segments = segments
        self.shelf = shelf
        self.tree = tree
        lastSegment = sealed.segment
        let audit = segments.audit
        journal = try JournalFile(audit: audit)
        content = sealed.continues(in: try audit.contents(JournalFile.name) ?? [])
        leftover = content.lines.map(\.record)
        unsealed = content.bytes.count
        last = leftover.last ?? sealed.last
        head =
            content.lines.last.map {
                AuditJournal.Head(size: $0.record.seq + 1, leaf: $0.leaf, time: $0.record.time)
            } ?? sealed.head
    }

    /// Leaves the believed lines alone in the journal, and what stood after them in quarantine.
    ///
    /// For a log that neither STATE, copies nor the manifest call shorter than it was: what they
    /// refuse stays as it is. Nothing is appended before. Dying between the two leaves the torn
    /// bytes in both places, for the next opening.
    mutating func setTornAside(in quarantine: Directory) throws {
        do {
            torn = try Self.quarantine(content.torn, in: quarantine)
            let bytes = content.bytes
            guard try segments.audit.contents(JournalFile.name) != bytes else { return }
            journal = try journal.replaced(with: bytes)
        } catch { throw error.asAuditError }
    }

    /// What cannot be opened is not missing.
    private static func tlog(of audit: Directory) throws(AuditError) -> Directory {
        do { return try audit.directory("tlog") } catch {
            guard error.isMissing else { throw error.asAuditError }
            throw AuditError(.damaged, "\(audit.path("tlog")) is missing")
        }
    }

    /// A restart that died half-way is begun again: nothing may follow its record but its note.
    private static func refuseUnfinishedRestart(
        _ last: AuditRecord?,
        _ shelf: NoteShelf
    ) throws(VaultError) {
        guard let last, let change = KeyChange(last), change.kind == .restarted,
            change.key != shelf.verifier
        else { return }
        throw .unfinishedRestart
    }

    /// Throws what opening would be refused with, as far as notes and the last segment tell.
    static func look(in audit: Directory, state: Directory, key: SigningKey) throws {
        let segments = Segments(audit: audit)
        do {
            let shelf = try NoteShelf(tlog: Self.tlog(of: audit), state: state, key: key)
            try segments.checkNewest()
            let sealed = try Self.end(of: try segments.last(), in: segments)
            _ = try LogTiles.notes(of: shelf, over: sealed)
        } catch let failure as VaultError { throw failure } catch { throw AuditError(error) }
    }

    /// What the segments hold.
    struct Sealed {
        var segment: SegmentName?
        var head = AuditJournal.Head(size: 0)
        var last: AuditRecord?
        var bytes: [UInt8] = []

        /// A journal that died between its sealing and its emptying is the last segment: dropped.
        func continues(in journal: [UInt8]) -> JournalFile.Content {
            if !journal.isEmpty, bytes.starts(with: journal) { return JournalFile.Content() }
            return JournalFile.read(journal, after: head.size, leaf: head.leaf)
        }
    }

    static func end(
        of segment: SegmentName?,
        in segments: Segments
    ) throws(AuditError) -> Sealed {
        guard let segment else { return Sealed() }
        let plain = try segments.read(segment)
        guard let bytes = Array(Lines(plain)).last, let line = try? AuditLine(reading: Array(bytes))
        else { throw AuditError(.damaged, "segment \(segment.path) has no valid last line") }
        return Sealed(
            segment: segment,
            head: AuditJournal.Head(
                size: line.record.seq + 1,
                leaf: line.leaf,
                time: line.record.time
            ),
            last: line.record,
            bytes: plain
        )
    }

    private static func quarantine(
        _ torn: [UInt8],
        in folder: Directory
    ) throws(DiskError) -> Torn? {
        guard !torn.isEmpty else { return nil }
        let digest = ContentDigest.of(torn)
        let name = "torn-\(digest.hex.prefix(16))"
        _ = try folder.createOnce(name, with: torn)
        return Torn(bytes: torn.count, digest: digest, file: name)
    }
}
