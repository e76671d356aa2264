internal import LarkiveCore

/// The parts of a log after opening it under the lock: compared with STATE, healed, ready to go on.
///
/// Reads the last segment, the journal and a few tiles, never the whole log.
struct OpenedLog: Sendable {
    let segments: Segments
    let shelf: NoteShelf
    let journal: JournalFile
    let tree: MerkleTree<TileDirectory>
    let lastSegment: SegmentName?
    let head: AuditJournal.Head
    /// Bytes of the journal that are not sealed.
    let unsealed: Int
    /// Records that stood in the journal: an earlier run died before sealing them.
    let leftover: [AuditRecord]
    /// What a dying run left after the last valid line; already in quarantine.
    let torn: Torn?
    /// The last record of all; what it says may have to be finished.
    let last: AuditRecord?

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
    ) throws(AuditError) {
        let segments = Segments(audit: audit)
        do {
            let shelf = try NoteShelf(tlog: Self.tlog(of: audit), state: state, key: key)
            try segments.checkNewest()
            let sealed = try Self.end(of: try segments.last(), in: segments)
            // Before anything is signed: the former key must not vouch for a restart.
            try Self.refuseUnfinishedRestart(sealed.last, shelf)
            let tree = try Self.tree(over: sealed, shelf, segments, now)
            try self.init(segments, quarantine, shelf, sealed, tree)
        } catch { throw AuditError(error) }
        try Self.refuseUnfinishedRestart(last, shelf)
    }

    /// Takes over what is sealed, and the valid part of the journal after it.
    init(
        _ segments: Segments,
        _ quarantine: Directory,
        _ shelf: NoteShelf,
        _ sealed: Sealed,
        _ tree: MerkleTree<TileDirectory>
    ) throws {
        self.segments = segments
        self.shelf = shelf
        self.tree = tree
        lastSegment = sealed.segment
        let audit = segments.audit
        let found = try JournalFile(audit: audit)
        let bytes = try audit.contents(JournalFile.name) ?? []
        let content = sealed.continues(in: bytes)
        torn = try Self.quarantine(content.torn, in: quarantine)
        journal = content.bytes == bytes ? found : try found.replaced(with: content.bytes)
        leftover = content.lines.map(\.record)
        unsealed = content.bytes.count
        last = leftover.last ?? sealed.last
        head =
            content.lines.last.map {
                AuditJournal.Head(size: $0.record.seq + 1, leaf: $0.leaf, time: $0.record.time)
            } ?? sealed.head
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
    ) throws(AuditError) {
        guard let last, let change = KeyChange(last), change.kind == .restarted,
            change.key != shelf.verifier
        else { return }
        throw AuditError(.keyMissing, "a restart of the log did not come to its end")
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

    /// Compares the log with the newest note that was seen, then extends the tree to what is sealed.
    private static func tree(
        over sealed: Sealed,
        _ shelf: NoteShelf,
        _ segments: Segments,
        _ now: Timestamp
    ) throws(AuditError) -> MerkleTree<TileDirectory> {
        let (archived, seen) = try shelf.newestNotes()
        try refuseLostNotes(archived, seen, sealed, shelf)
        var newest = seen
        if let archived, newest.map({ archived.checkpoint.isNewer(than: $0.checkpoint) }) ?? true {
            newest = archived
        }
        let size = sealed.head.size
        guard let newest else {
            let empty = MerkleTree(tiles: tiles(shelf), size: 0)
            return try extended(empty, to: size, shelf, segments, now)
        }
        try check(newest.checkpoint, against: size, shelf)
        let signed = MerkleTree(tiles: tiles(shelf), size: newest.checkpoint.size)
        if archived != newest || seen != newest { try shelf.publish(newest, at: now) }
        return try extended(signed, to: size, shelf, segments, now)
    }

    /// Only a log that died while it was being made has no note; STATE has one before the archive.
    private static func refuseLostNotes(
        _ archived: SignedNote?,
        _ seen: SignedNote?,
        _ sealed: Sealed,
        _ shelf: NoteShelf
    ) throws(AuditError) {
        guard seen == nil, archived != nil || sealed.segment.map({ $0.number > 0 }) ?? false
        else { return }
        throw AuditError(
            .keyMissing,
            "\(shelf.state.path(NoteShelf.seen)) is lost: nothing says how much was signed before"
        )
    }

    private static func tiles(_ shelf: NoteShelf) -> TileDirectory {
        TileDirectory(directory: shelf.tlog)
    }

    private static func check(
        _ note: Checkpoint,
        against sealed: Int64,
        _ shelf: NoteShelf
    ) throws(AuditError) {
        guard sealed >= note.size else {
            throw AuditError(
                .rolledBack,
                "\(note.size) records were signed and only \(sealed) are here: a part is missing, "
                    + "or the archive was restored from an older copy"
            )
        }
        let root = try MerkleTree(tiles: tiles(shelf), size: note.size).root(at: note.size)
        guard root == note.root else {
            throw AuditError(.damaged, "the tree at \(note.size) is not the one that was signed")
        }
    }

    private static func extended(
        _ tree: MerkleTree<TileDirectory>,
        to sealed: Int64,
        _ shelf: NoteShelf,
        _ segments: Segments,
        _ now: Timestamp
    ) throws(AuditError) -> MerkleTree<TileDirectory> {
        guard sealed > tree.size else { return tree }
        let former = tree.size
        var tree = tree
        for name in try names(from: tree.size, segments) {
            try tree.append(try leaves(of: name, in: segments, from: tree.size))
        }
        _ = try shelf.sign(size: tree.size, root: tree.root(at: tree.size), at: now)
        try tree.tiles.prune(from: former, to: tree.size)
        return tree
    }

    /// The segments that hold the records from `seq` on, oldest first; older ones are not read.
    static func names(from seq: Int64, _ segments: Segments) throws(AuditError) -> [SegmentName] {
        do {
            var names: [SegmentName] = []
            for folder in try segments.months().reversed() {
                for name in try segments.segments(in: folder).sorted().reversed() {
                    names.append(name)
                    if try firstSeq(of: name, segments) <= seq { return names.reversed() }
                }
            }
            return names.reversed()
        } catch { throw AuditError(error) }
    }

    private static func firstSeq(
        of name: SegmentName,
        _ segments: Segments
    ) throws(AuditError) -> Int64 {
        let bytes = try segments.read(name)
        guard let first = Lines(bytes).first(where: { _ in true }),
            let line = try? AuditLine(reading: Array(first))
        else { throw AuditError(.damaged, "segment \(name.path) has no valid first line") }
        return line.record.seq
    }

    /// The leaf hashes of a segment's records from `seq` on.
    static func leaves(
        of name: SegmentName,
        in segments: Segments,
        from seq: Int64
    ) throws(AuditError) -> [TreeHash] {
        var leaves: [TreeHash] = []
        for slice in Lines(try segments.read(name)) {
            guard let line = try? AuditLine(reading: Array(slice)) else {
                throw AuditError(.damaged, "segment \(name.path) has an invalid line")
            }
            if line.record.seq >= seq { leaves.append(line.leaf) }
        }
        return leaves
    }
}
