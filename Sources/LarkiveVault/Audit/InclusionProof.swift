internal import FoundationEssentials
package import LarkiveCore

/// That one record is in the log which a note has signed.
///
/// The text is a C2SP tlog-proof whose `extra` is the record itself: the leaf is SHA-256 of 0x00
/// and these bytes.
package struct InclusionProof: Sendable {
    package let seq: Int64
    package let record: [UInt8]
    package let hashes: [ContentDigest]
    package let note: SignedNote

    package var text: String {
        var lines = ["c2sp.org/tlog-proof@v1", "extra \(Self.base64(record))", "index \(seq)"]
        lines += hashes.map { Self.base64($0.bytes) }
        return lines.joined(separator: "\n") + "\n\n" + note.text
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    package var json: JSON {
        .object([
            "seq": .integer(seq), "size": .integer(note.checkpoint.size),
            "root": .string(note.checkpoint.root.hex),
            "record": .string(String(decoding: record, as: UTF8.self)),
            "proof": .array(hashes.map { .string($0.hex) }), "note": .string(note.text),
        ])
    }
}

extension MerkleTree {
    /// The hashes that lead from a leaf to the root over the first `count` (RFC 6962, 2.1.1).
    func path(of index: Int64, at count: Int64) throws(AuditError) -> [TreeHash] {
        guard index >= 0, index < count, count <= size else {
            throw AuditError(.damaged, "record \(index) asked of a tree of \(count)")
        }
        var (start, left, hashes) = (Int64(0), count, [TreeHash]())
        while left > 1 {
            let half = Int64(1) << (63 - (left - 1).leadingZeroBitCount)
            if index < start + half {
                hashes.append(try root(from: start + half, count: left - half))
                left = half
            } else {
                hashes.append(try root(from: start, count: half))
                (start, left) = (start + half, left - half)
            }
        }
        return hashes.reversed()
    }
}

/// Proofs from the files of a log, without reading the log.
package struct LogProofs {
    private let audit: Directory
    private let tree: MerkleTree<TileDirectory>
    package let note: SignedNote

    /// Opens a folder `audit` at its newest note.
    package init(at path: String) throws {
        do {
            audit = try Directory.open(path)
            let tlog = try audit.directory("tlog")
            note = try Self.newestNote(in: tlog)
            tree = MerkleTree(tiles: TileDirectory(directory: tlog), size: note.checkpoint.size)
        } catch { throw VaultError(error) }
    }

    private static func newestNote(in tlog: Directory) throws -> SignedNote {
        guard let bytes = try tlog.contents(NoteShelf.newest),
            let note = SignedNote(
                String(decoding: bytes, as: UTF8.self),
                signedByAnyOf: try NoteShelf.keys(in: tlog)
            )
        else {
            throw VaultError(
                .auditDamaged,
                "\(tlog.path(NoteShelf.newest)) is missing, or no key of the log has signed it",
                hint: "see what is wrong: larkive audit verify"
            )
        }
        return NoteShelf.newer(than: note, in: tlog)?.note ?? note
    }

    /// Reads one segment and a few tiles.
    package func proof(of seq: Int64) throws -> InclusionProof {
        do {
            guard seq >= 0, seq < tree.size else {
                throw VaultError(
                    .notFound,
                    "record \(seq) is not signed yet: the newest note covers \(tree.size)",
                    hint: "a run signs at its end"
                )
            }
            let record = try record(seq)
            let hashes = try tree.path(of: seq, at: tree.size)
            let proof = InclusionProof(seq: seq, record: record, hashes: hashes, note: note)
            guard proof.leadsToRoot else {
                throw VaultError(
                    .auditDamaged,
                    "record \(seq) and the tiles do not lead to the signed root",
                    hint: "see what is wrong: larkive audit verify"
                )
            }
            return proof
        } catch { throw VaultError(error) }
    }

    private func record(_ seq: Int64) throws -> [UInt8] {
        let segments = Segments(audit: audit)
        for name in try segments.around({ $0.record.seq <= seq }) {
            for slice in Lines(try segments.read(name)) {
                guard let line = try? AuditLine(reading: Array(slice)), line.record.seq == seq
                else { continue }
                return Self.publicPart(of: Array(slice))
            }
        }
        throw VaultError(.auditDamaged, "record \(seq) is not in the segments")
    }

    /// R's bytes: no text in R holds a quote, so the first `,"private":` is behind it.
    private static func publicPart(of line: [UInt8]) -> [UInt8] {
        let (start, mark) = (Array(#"{"record":"#.utf8), Array(#","private":"#.utf8))
        let end = line.indices.first { line[$0...].starts(with: mark) } ?? line.endIndex
        return Array(line[start.count..<end])
    }

    /// The record by which this version of an attachment became held, at about this time.
    package func seq(ofHeld attachment: Int64, version: Int64, at time: Timestamp) throws -> Int64?
    {
        do {
            let segments = Segments(audit: audit)
            let near = try segments.around { $0.record.time <= time }
            // The clock may have stepped, so that time is no more than a good guess.
            for name in near + (try segments.all().reversed()) {
                for slice in Lines(try segments.read(name)) {
                    guard let line = try? AuditLine(reading: Array(slice)) else { continue }
                    let event = line.record.event
                    guard [.attachmentHeld, .attachmentAdopted].contains(event.type),
                        event.record["attachment"]?.integer == attachment,
                        event.record["version"]?.integer == version
                    else { continue }
                    return line.record.seq
                }
            }
            return nil
        } catch { throw VaultError(error) }
    }
}

extension InclusionProof {
    /// Whether record and hashes give the root that the note has signed.
    var leadsToRoot: Bool {
        var (hash, index, last) = (TreeHash.leaf(record), seq, note.checkpoint.size - 1)
        for other in hashes {
            if index % 2 == 1 || index == last {
                hash = .node(other, hash)
                while index % 2 == 0, index > 0 { (index, last) = (index >> 1, last >> 1) }
            } else {
                hash = .node(hash, other)
            }
            (index, last) = (index >> 1, last >> 1)
        }
        return last == 0 && hash == note.checkpoint.root
    }
}

extension Segments {
    /// The last segment whose first line is still right, and its neighbours; reads O(log n).
    func around(_ isRight: (AuditLine) -> Bool) throws -> [SegmentName] {
        let names = try all()
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            let first = Lines(try read(names[middle])).first { _ in true }
            guard let first else { return names }
            if isRight(try AuditLine(reading: Array(first))) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        let found = max(0, low - 1)
        return [found, found - 1, found + 1].filter(names.indices.contains).map { names[$0] }
    }
}

/// The public keys of a log, oldest first, with the records that brought them.
package struct LogKeys {
    package struct Key: Sendable {
        package let key: VerifierKey
        /// The first record of its time; nil for the key of `init`.
        package let change: KeyChange?
    }

    package let keys: [Key]

    package init(at path: String) throws {
        var check = try AuditCheck(at: path)
        try check.run()
        do {
            let tlog = try check.audit.directory("tlog")
            let isThere = try tlog.look(at: "keys") != nil
            keys = try (isThere ? NoteShelf.keys(in: tlog) : []).map { key in
                Key(key: key, change: check.changes.first { $0.key == key })
            }
        } catch { throw VaultError(error) }
    }
}
