package import LarkiveCore

/// The audit log of an open archive: journal, segments, tree and notes.
///
/// Only the holder of the archive's lock has one.
package actor AuditJournal: AuditLog {
    static let sealAfterSeconds: Int64 = 3_600

    let segments: Segments
    private var shelf: NoteShelf
    private let clock: any WallClock
    private let run: RunID
    private let copies: NoteCopies
    private let salts: @Sendable () -> [UInt8]
    private var journal: JournalFile
    private var tree: MerkleTree<TileDirectory>
    private var lastSegment: SegmentName?
    private var head: Head
    private var unsealed: (bytes: Int, since: Timestamp?)
    private var refusal: AuditError?
    /// The key that the last record names; nothing may follow before that key has signed.
    private(set) var announced: VerifierKey?
    /// The restart that this process has recorded.
    private(set) var restart: KeyChange?
    /// Folders for copies of notes in which the newest could not be kept, with the reason.
    private(set) package var copyFailures: Set<String> = []

    /// The end of the log.
    struct Head: Sendable {
        var size: Int64
        var leaf: TreeHash?
        var time: Timestamp?
    }

    init(
        _ opened: OpenedLog,
        run: RunID,
        clock: any WallClock,
        copies: NoteCopies = NoteCopies(),
        salts: @escaping @Sendable () -> [UInt8]
    ) {
        segments = opened.segments
        shelf = opened.shelf
        journal = opened.journal
        tree = opened.tree
        lastSegment = opened.lastSegment
        head = opened.head
        announced = opened.last.flatMap { KeyChange($0)?.key }
        unsealed = (opened.unsealed, opened.unsealed > 0 ? clock.now() : nil)
        self.run = run
        self.clock = clock
        self.copies = copies
        self.salts = salts
    }

    /// How many records there are.
    package var size: Int64 { head.size }

    package func append(_ events: [AuditEvent]) throws(AuditError) -> [AuditRecord] {
        if let refusal { throw refusal }
        let now = clock.now()
        if unsealed.bytes >= Segments.sealAt || isOld(at: now) { try seal() }
        let lines = try encode(stepped(at: now) + events, at: now)
        let bytes = lines.flatMap(\.bytes)
        do {
            try journal.append(bytes)
        } catch {
            // What reached the disk is not known: the file is not touched again by this run.
            refusal = error.asAuditError
            throw error.asAuditError
        }
        unsealed = (unsealed.bytes + bytes.count, unsealed.since ?? now)
        let change = lines.last.flatMap { KeyChange($0.record) }
        announced = change?.key
        if change?.kind == .restarted { restart = change }
        return lines.map(\.record)
    }

    private func isOld(at now: Timestamp) -> Bool {
        guard let since = unsealed.since else { return false }
        return now >= since.advanced(bySeconds: Self.sealAfterSeconds)
    }

    private func stepped(at now: Timestamp) -> [AuditEvent] {
        guard let last = head.time, now < last else { return [] }
        return [
            AuditEvent(.clockStepped, ["back_ms": .integer(last.milliseconds - now.milliseconds)])
        ]
    }

    private func encode(_ events: [AuditEvent], at now: Timestamp) throws(AuditError) -> [AuditLine]
    {
        var lines: [AuditLine] = []
        var end = head
        for event in events {
            let record = AuditRecord(seq: end.size, time: now, run: run, event: event)
            do {
                let line = try AuditLine(record, after: end.leaf, salt: salts())
                lines.append(line)
                end = Head(size: end.size + 1, leaf: line.leaf, time: now)
            } catch {
                throw AuditError(.unencodable, "\(event.type.rawValue): \(error.kind)")
            }
        }
        head = end
        return lines
    }

    /// Segment, then an empty journal, then tiles, then notes; each is durable before the next.
    package func seal() throws(AuditError) {
        if let refusal { throw refusal }
        guard unsealed.bytes > 0 else { return }
        do {
            let bytes = try journal.audit.contents(JournalFile.name) ?? []
            let name = lastSegment?.next(at: clock.now()) ?? .first(at: clock.now())
            try segments.write(bytes, as: name)
            lastSegment = name
            // Dying here: the journal's records are all in the segment; the next opening drops it.
            journal = try journal.replaced(with: [])
            unsealed = (0, nil)
            // Dying here: the next opening extends the tree from the segment.
            try extendTree(from: name)
        } catch {
            let failure = AuditError(error)
            refusal = failure
            throw failure
        }
    }

    /// Hashes what stands in the segment on disk, not what was in memory.
    private func extendTree(from name: SegmentName) throws(AuditError) {
        let former = tree.size
        let leaves = try OpenedLog.leaves(of: name, in: segments, from: former)
        try tree.append(leaves)
        try sign()
        try tree.tiles.prune(from: former, to: tree.size)
    }

    private func sign() throws(AuditError) {
        let root = try tree.root(at: tree.size)
        let note = try shelf.sign(size: tree.size, root: root, at: clock.now())
        copyFailures.formUnion(copies.keep(note, shelf.verifier))
    }

    /// Signs what is there with another key, which is the archive's from then on.
    ///
    /// To be called when the record that names it is sealed and signed by the former one. Dying
    /// before STATE's key is replaced leaves a note that says which key is to be put there.
    func goOn(with key: SigningKey) throws(AuditError) {
        if let refusal { throw refusal }
        let origin = shelf.origin.with(number: shelf.origin.number + 1)
        let next = NoteShelf(tlog: shelf.tlog, state: shelf.state, key: key, origin: origin)
        shelf = next
        do {
            try sign()
            try next.makeKeyCurrent()
        } catch {
            refusal = error
            throw error
        }
    }

    /// The key that would follow the present one.
    func following(_ key: SigningKey) -> VerifierKey {
        key.verifier(for: shelf.origin.with(number: shelf.origin.number + 1).description)
    }

    /// The last step of a restart: from here on the new key is the archive's.
    func makeKeyCurrent() throws(AuditError) { try shelf.makeKeyCurrent() }

    var state: Directory { shelf.state }
    var ownKey: VerifierKey { shelf.verifier }
}
