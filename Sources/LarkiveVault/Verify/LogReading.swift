internal import LarkiveCore

/// One pass over segments and journal, safe beside a run that seals meanwhile.
struct LogReading {
    let audit: Directory
    /// Sizes at which the root is asked for; it is known at the end of each segment as well.
    let wanted: Set<Int64>
    private(set) var chain = LineChain()
    private(set) var tree = GrowingTree()
    private(set) var roots: [Int64: ContentDigest] = [:]
    private(set) var changes: [KeyChange] = []
    /// Who wrote last, and the first of these records.
    private(set) var lastRun: (run: RunID, first: Int64)?
    /// How many records there were at the end of each segment, as long as all were sound.
    private(set) var ends: [Int64] = []
    /// How many records the segments hold.
    private(set) var sealed: Int64 = 0
    /// How many records the journal holds beyond them, and what of it is none.
    private(set) var open = 0
    private(set) var torn = 0
    /// Why the journal cannot be read, where it is there.
    private(set) var journalFault: DiskError?
    /// Rows of the tree whose tile is not what it should be, or not there yet.
    private(set) var owed: [GrowingTree.Row] = []
    private var done = 0
    private var lastSegment: [UInt8] = []
    private var lastName: SegmentName?

    init(audit: Directory, wanted: Set<Int64>) {
        self.audit = audit
        self.wanted = wanted
        roots[0] = .zero
    }

    /// A run may seal between two looks: the journal counts only when no segment came after it.
    mutating func run(_ record: (AuditRecord) throws -> Void) throws {
        var journal: [UInt8] = []
        repeat {
            journal = journalBytes()
        } while try readSegments(record) > 0
        sealed = chain.size
        try readJournal(journal, record)
    }

    private mutating func journalBytes() -> [UInt8] {
        journalFault = nil
        do {
            return try audit.contents(JournalFile.name) ?? []
        } catch {
            journalFault = error
            return []
        }
    }

    /// Reads the segments that are new since the last look; returns how many.
    private mutating func readSegments(_ record: (AuditRecord) throws -> Void) throws -> Int {
        let names: [SegmentName]
        do {
            names = try Segments(audit: audit).all()
        } catch { throw VaultError(error) }
        let fresh = names.dropFirst(done)
        for name in fresh { try read(name, record) }
        done = names.count
        return fresh.count
    }

    private mutating func read(
        _ name: SegmentName,
        _ record: (AuditRecord) throws -> Void
    ) throws {
        checkOrder(of: name)
        lastName = name
        do {
            lastSegment = try Segments(audit: audit).read(name)
        } catch {
            lastSegment = []
            return chain.lose(.segmentUnreadable, name.path, error.detail)
        }
        for slice in Lines(lastSegment) {
            guard let line = chain.take(slice, in: name.path) else { continue }
            grow(by: line)
            try record(line.record)
        }
        guard isSound else { return }
        roots[tree.size] = tree.root
        ends.append(tree.size)
    }

    private mutating func checkOrder(of name: SegmentName) {
        let expected = lastName.map { $0.number + 1 } ?? 0
        if name.number != expected {
            chain.lose(.segmentMissing, name.path, "segment \(expected) should stand here")
        }
        guard let lastName, name.folder < lastName.folder else { return }
        chain.note(
            LogFault(
                code: .lineOutOfOrder,
                subject: name.path,
                detail: "its folder is before that of \(lastName.path)",
                first: chain.size,
                last: chain.size
            )
        )
    }

    private var isSound: Bool { chain.soundUntil == nil }

    private mutating func note(_ record: AuditRecord) {
        if let change = KeyChange(record) { changes.append(change) }
        if lastRun?.run != record.run { lastRun = (record.run, record.seq) }
    }

    private mutating func grow(by line: AuditLine) {
        note(line.record)
        guard isSound else { return }
        for row in tree.append(line.leaf) where !isKept(row) { owed.append(row) }
        if wanted.contains(tree.size) { roots[tree.size] = tree.root }
    }

    private func isKept(_ row: GrowingTree.Row) -> Bool {
        guard let tlog = try? audit.directory("tlog") else { return false }
        let tiles = TileDirectory(directory: tlog)
        return (try? tiles.read(row.tile, width: row.hashes.count)) == row.hashes
    }

    /// A journal that was sealed and not emptied yet counts once.
    private mutating func readJournal(
        _ bytes: [UInt8],
        _ record: (AuditRecord) throws -> Void
    ) throws {
        guard !bytes.isEmpty, !lastSegment.starts(with: bytes) else { return }
        torn = bytes.count
        for slice in Lines(bytes) {
            guard let line = try? AuditLine(reading: Array(slice)), chain.isContinued(by: line),
                chain.take(slice, in: JournalFile.name) != nil
            else { break }
            note(line.record)
            try record(line.record)
            open += 1
            torn -= slice.count
        }
    }
}
