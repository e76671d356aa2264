internal import LarkiveCore

/// The tree of a log that is opened: compared with what was signed, then extended to what is sealed.
struct LogTiles {
    let shelf: NoteShelf
    let segments: Segments
    let quarantine: Directory
    let now: Timestamp

    static let remade =
        "tlog/tile was missing or damaged: made again from the records, which have the signed root; "
        + "what was there is in quarantine/"

    private var tiles: TileDirectory { TileDirectory(directory: shelf.tlog) }

    /// Compares the log with the newest note that was seen, then extends the tree.
    ///
    /// Returns what had to be made again, too.
    func tree(
        over sealed: OpenedLog.Sealed
    ) throws -> (tree: MerkleTree<TileDirectory>, remade: [String]) {
        let (archived, seen, newest) = try Self.notes(of: shelf, over: sealed)
        let size = sealed.head.size
        guard let newest else {
            return (try extended(MerkleTree(tiles: tiles, size: 0), to: size), [])
        }
        let remade = try check(newest.checkpoint)
        let signed = MerkleTree(tiles: tiles, size: newest.checkpoint.size)
        if archived != newest || seen != newest { try shelf.publish(newest, at: now) }
        return (try extended(signed, to: size), remade)
    }

    /// The notes of archive and STATE, and the newer of them; throws when more was signed than is here.
    static func notes(
        of shelf: NoteShelf,
        over sealed: OpenedLog.Sealed
    ) throws(AuditError) -> (archived: SignedNote?, seen: SignedNote?, newest: SignedNote?) {
        let (archived, seen) = try shelf.newestNotes()
        try refuseLostNotes(archived, seen, sealed, shelf)
        var newest = seen
        if let archived, newest.map({ archived.checkpoint.isNewer(than: $0.checkpoint) }) ?? true {
            newest = archived
        }
        if let size = newest?.checkpoint.size, sealed.head.size < size {
            throw AuditError(
                .rolledBack,
                "\(size) records were signed and only \(sealed.head.size) are here: a part is "
                    + "missing, or the archive was restored from an older copy"
            )
        }
        return (archived, seen, newest)
    }

    /// Only a log that died while it was being made has no note; STATE has one before the archive.
    private static func refuseLostNotes(
        _ archived: SignedNote?,
        _ seen: SignedNote?,
        _ sealed: OpenedLog.Sealed,
        _ shelf: NoteShelf
    ) throws(AuditError) {
        guard seen == nil, archived != nil || sealed.segment.map({ $0.number > 0 }) ?? false
        else { return }
        throw AuditError(
            .keyMissing,
            "\(shelf.state.path(NoteShelf.seen)) is lost: nothing says how much was signed before"
        )
    }

    private func check(_ note: Checkpoint) throws -> [String] {
        if try root(at: note.size) == note.root { return [] }
        try makeAgain(under: note)
        return [Self.remade]
    }

    /// What the tiles say; nil where they are damaged, which is not what cannot be read.
    private func root(at size: Int64) throws(AuditError) -> ContentDigest? {
        do {
            return try MerkleTree(tiles: tiles, size: size).root(at: size)
        } catch {
            guard error.kind == .damaged else { throw error }
            return nil
        }
    }

    /// Hashes that the records give under the signed root are worth as much as those that are lost.
    ///
    /// Dying before they take over leaves the log as it is, and the next opening begins again.
    private func makeAgain(under note: Checkpoint) throws {
        var (tree, root) = (GrowingTree(), ContentDigest.zero)
        for name in try segments.all() {
            for leaf in try OpenedLog.leaves(of: name, in: segments, from: tree.size) {
                tree.append(leaf)
                if tree.size == note.size { root = tree.root }
            }
        }
        guard root == note.root else {
            throw AuditError(.damaged, "the tree at \(note.size) is not the one that was signed")
        }
        if let wide = tree.rest.first(where: { tiles.widest($0.tile) > $0.hashes.count }) {
            throw AuditError(.damaged, "\(wide.tile.path) has hashes of more records than are here")
        }
        _ = try FreshTiles(from: segments, in: quarantine, at: now).takeOver(in: shelf.tlog)
    }

    private func extended(
        _ tree: MerkleTree<TileDirectory>,
        to sealed: Int64
    ) throws(AuditError) -> MerkleTree<TileDirectory> {
        guard sealed > tree.size else { return tree }
        let former = tree.size
        var tree = tree
        for name in try OpenedLog.names(from: tree.size, segments) {
            try tree.append(try OpenedLog.leaves(of: name, in: segments, from: tree.size))
        }
        _ = try shelf.sign(size: tree.size, root: tree.root(at: tree.size), at: now)
        try tree.tiles.prune(from: former, to: tree.size)
        return tree
    }
}
