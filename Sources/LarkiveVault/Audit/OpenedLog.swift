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
        segments = Segments(audit: audit)
        do {
            guard let tlog = try? audit.directory("tlog") else {
                throw AuditError(.damaged, "\(audit.path("tlog")) is missing")
            }
            shelf = try NoteShelf(tlog: tlog, state: state, key: key)
            lastSegment = try segments.last()
            try Self.checkGaps(in: segments)
            let sealed = try Self.end(of: lastSegment, in: segments)
            tree = try Self.tree(over: sealed.size, shelf, segments, now)
            let found = try JournalFile(audit: audit)
            let bytes = try audit.contents(JournalFile.name) ?? []
            let content = Self.unsealedPart(of: bytes, after: sealed)
            torn = try Self.quarantine(content.torn, in: quarantine)
            journal =
                content.bytes == bytes ? found : try found.replaced(with: content.bytes)
            leftover = content.lines.map(\.record)
            unsealed = content.bytes.count
            head =
                content.lines.last.map {
                    AuditJournal.Head(size: $0.record.seq + 1, leaf: $0.leaf, time: $0.record.time)
                } ?? sealed
        } catch { throw AuditError(error) }
    }

    /// A listing of names; what is in the middle of the log is read by `verify`, not by every run.
    private static func checkGaps(in segments: Segments) throws {
        for (place, name) in try segments.all().enumerated() where name.number != Int64(place) {
            throw AuditError(.damaged, "segment \(place) is missing before \(name.path)")
        }
    }

    private static func end(
        of segment: SegmentName?,
        in segments: Segments
    ) throws(AuditError) -> AuditJournal.Head {
        guard let segment else { return AuditJournal.Head(size: 0) }
        let lines = Array(Lines(try segments.read(segment)))
        guard let bytes = lines.last, let line = try? AuditLine(reading: Array(bytes)) else {
            throw AuditError(.damaged, "segment \(segment.path) has no valid last line")
        }
        return AuditJournal.Head(
            size: line.record.seq + 1,
            leaf: line.leaf,
            time: line.record.time
        )
    }

    /// A journal that died between its sealing and its emptying begins in the last segment: dropped.
    private static func unsealedPart(
        of bytes: [UInt8],
        after sealed: AuditJournal.Head
    ) -> JournalFile.Content {
        let content = JournalFile.read(bytes, after: sealed.size, leaf: sealed.leaf)
        if content.lines.isEmpty, let first = Lines(bytes).first(where: { _ in true }),
            let line = try? AuditLine(reading: Array(first)), line.record.seq < sealed.size
        {
            return JournalFile.Content()
        }
        return content
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
        over sealed: Int64,
        _ shelf: NoteShelf,
        _ segments: Segments,
        _ now: Timestamp
    ) throws(AuditError) -> MerkleTree<TileDirectory> {
        let (archived, seen) = try shelf.newestNotes()
        let notes = [archived, seen].compactMap { $0 }
        guard let newest = notes.max(by: { $0.checkpoint.size < $1.checkpoint.size }) else {
            let empty = MerkleTree(tiles: tiles(shelf), size: 0)
            return try extended(empty, to: sealed, shelf, segments, now)
        }
        try check(newest.checkpoint, against: sealed, shelf)
        let signed = MerkleTree(tiles: tiles(shelf), size: newest.checkpoint.size)
        if archived != newest || seen != newest { try shelf.publish(newest, at: now) }
        return try extended(signed, to: sealed, shelf, segments, now)
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
        let root: ContentDigest
        do {
            root = try MerkleTree(tiles: tiles(shelf), size: note.size).root(at: note.size)
        } catch { throw AuditError(.damaged, error.detail) }
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
        try shelf.sign(size: tree.size, root: tree.root(at: tree.size), at: now)
        try tree.tiles.prune(from: former, to: tree.size)
        return tree
    }

    /// The segments that hold the records from `seq` on, oldest first.
    static func names(from seq: Int64, _ segments: Segments) throws(AuditError) -> [SegmentName] {
        do {
            var names: [SegmentName] = []
            for name in try segments.all().reversed() {
                names.insert(name, at: 0)
                if try firstSeq(of: name, segments) <= seq { break }
            }
            return names
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
