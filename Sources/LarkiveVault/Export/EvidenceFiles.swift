internal import LarkiveCore

/// Writes `audit/` of a bag: the records, a proof for each, the note and the keys.
struct EvidenceFiles {
    private let audit: Directory
    private let bag: BagFolder
    let note: SignedNote
    private let tree: MerkleTree<CachedTiles<TileDirectory>>
    private let records: BagFile
    private let proofs: BagFile

    init(_ audit: Directory, into bag: BagFolder) throws {
        self.audit = audit
        self.bag = bag
        note = try LogProofs(at: audit.path).note
        let tiles = TileDirectory(directory: try audit.directory("tlog"))
        let size = note.checkpoint.size
        tree = MerkleTree(tiles: CachedTiles(tiles, size: size), size: size)
        records = try bag.tag("records.jsonl", in: ["audit"])
        proofs = try bag.tag("proofs.jsonl", in: ["audit"])
    }

    /// Reads the log once, from its beginning to its end.
    func write(_ search: inout EvidenceSearch) throws {
        // Before the segments: a run that seals meanwhile makes it one of them.
        let journal = try audit.contents(JournalFile.name) ?? []
        let segments = Segments(audit: audit)
        for name in try segments.all() {
            for slice in Lines(try segments.read(name)) { try take(Array(slice), &search) }
        }
        for slice in Lines(journal) {
            // The last line of a running run may be unfinished.
            guard let line = try? LogLine(Array(slice)) else { break }
            if line.seq >= note.checkpoint.size { search.takeUnsigned(line) }
        }
        try bag.end(records)
        try bag.end(proofs)
        try keepKeys()
    }

    private func take(_ bytes: [UInt8], _ search: inout EvidenceSearch) throws {
        let line = try LogLine(bytes)
        guard line.seq < note.checkpoint.size else { return search.takeUnsigned(line) }
        guard let share = try search.take(line) else { return }
        try records.write(share == .whole ? line.bytes : line.withoutPrivate)
        try proofs.write(JSONWriter.bytes(of: .object(try proof(of: line))) + [0x0A])
    }

    private func proof(of line: LogLine) throws -> JSONObject {
        let hashes = try tree.path(of: line.seq, at: tree.size)
        let proof = InclusionProof(seq: line.seq, record: line.record, hashes: hashes, note: note)
        guard proof.leadsToRoot else {
            throw VaultError(
                .auditDamaged,
                "record \(line.seq) and the tiles do not lead to the signed root",
                hint: "see what is wrong: larkive audit verify"
            )
        }
        return [
            "seq": .integer(line.seq), "leaf": .string(TreeHash.leaf(line.record).hex),
            "proof": .array(hashes.map { .string($0.hex) }),
        ]
    }

    private func keepKeys() throws {
        try bag.keep(note.text, as: "checkpoint", in: ["audit"])
        for key in try NoteShelf.keys(in: try audit.directory("tlog")) {
            try bag.keep("\(key)\n", as: key.fileName, in: ["audit", "keys"])
        }
    }
}
