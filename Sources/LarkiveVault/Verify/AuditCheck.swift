package import LarkiveCore

/// Reads a whole log, live or a copy of its folder, and says what is wrong with it.
package struct AuditCheck {
    let audit: Directory
    private(set) package var findings: [Finding] = []
    private(set) package var size: Int64 = 0
    private(set) package var sealed: Int64 = 0
    private(set) package var root: ContentDigest = .zero
    /// The origin and key id of the newest valid note.
    private(set) package var signedBy: String?
    /// What no look at this folder alone can exclude.
    private(set) package var notExcluded: [String] = []

    /// Opens a folder `audit`.
    package init(at path: String) throws {
        do {
            audit = try Directory.open(path)
        } catch { throw VaultError(error) }
    }

    init(audit: Directory) { self.audit = audit }

    /// Checks every line, every tile and every note; `record` sees each valid record in order.
    package mutating func run(
        seen: String? = nil,
        record: (AuditRecord) throws -> Void = { _ in }
    ) throws {
        var tree = GrowingTree()
        let notes = noteFiles()
        var roots: [Int64: ContentDigest] = [0: tree.root]
        let sizes = Set(notes.compactMap(\.checkpoint?.size))
        var chain = LineChain()
        for name in try segmentNames() {
            guard let bytes = read(name) else { continue }
            for slice in Lines(bytes) {
                guard let line = chain.take(slice, in: name.path, &findings) else { continue }
                tree.append(line.leaf)
                if sizes.contains(tree.size) { roots[tree.size] = tree.root }
                try record(line.record)
            }
        }
        (sealed, root) = (tree.size, tree.root)
        try readJournal(&chain, record)
        size = chain.size
        checkKeys()
        let signed = checkNotes(notes, roots: roots, seen: seen)
        checkTiles(of: tree, size: min(signed, sealed))
    }

    private mutating func segmentNames() throws -> [SegmentName] {
        let names: [SegmentName]
        do {
            names = try Segments(audit: audit).all()
        } catch { throw VaultError(error) }
        for (place, name) in names.enumerated() where name.number != Int64(place) {
            findings.append(
                Finding(.segmentMissing, name.path, "segment \(place) should stand here")
            )
            break
        }
        for (before, after) in zip(names, names.dropFirst()) where after.folder < before.folder {
            findings.append(
                Finding(.lineOutOfOrder, after.path, "its folder is before that of \(before.path)")
            )
        }
        return names
    }

    private mutating func read(_ name: SegmentName) -> [UInt8]? {
        do {
            return try Segments(audit: audit).read(name)
        } catch {
            findings.append(Finding(.segmentUnreadable, name.path, error.detail))
            return nil
        }
    }

    private mutating func readJournal(
        _ chain: inout LineChain,
        _ record: (AuditRecord) throws -> Void
    ) throws {
        guard let bytes = try? audit.contents(JournalFile.name), !bytes.isEmpty else { return }
        let content = JournalFile.read(bytes, after: chain.size, leaf: chain.leaf)
        for line in content.lines { try record(line.record) }
        if let last = content.lines.last {
            chain = LineChain(size: last.record.seq + 1, leaf: last.leaf)
        }
        findings.append(
            Finding(.notSealed, JournalFile.name, "\(content.lines.count) records are not sealed")
        )
        if !content.torn.isEmpty {
            findings.append(
                Finding(.tornTail, JournalFile.name, "\(content.torn.count) bytes are no records")
            )
        }
    }

    // MARK: tiles

    /// Tiles are promised for what is signed; a run that died may owe them for the rest.
    private mutating func checkTiles(of tree: GrowingTree, size: Int64) {
        guard let tlog = try? audit.directory("tlog") else { return }
        let tiles = TileDirectory(directory: tlog)
        for (level, hashes) in tree.levels.enumerated() {
            let row = hashes.prefix(Int(size >> (Int64(level) * Tile.height)))
            for start in stride(from: 0, to: row.count, by: Tile.fullWidth) {
                let expected = Array(row[start..<min(start + Tile.fullWidth, row.count)])
                let tile = Tile(level: level, index: Int64(start / Tile.fullWidth))
                let found = try? tiles.read(tile, width: expected.count)
                if found != expected {
                    findings.append(
                        Finding(
                            .tileWrong,
                            tile.path,
                            found == nil
                                ? "missing or too short" : "its hashes are not those of the log"
                        )
                    )
                }
            }
        }
    }

    // MARK: keys and notes

    private mutating func checkKeys() {
        guard let folder = try? audit.directory("tlog").directory("keys") else { return }
        for name in (try? folder.names()) ?? [] where name.hasSuffix(".vkey") {
            let text = String(decoding: (try? folder.contents(name)) ?? [], as: UTF8.self)
            guard VerifierKey(text.filter { $0 != "\n" }) == nil else { continue }
            findings.append(
                Finding(.keyUnreadable, "tlog/keys/\(name)", "not a verification key")
            )
        }
    }

    private struct NoteFile {
        let path: String
        let text: String

        var checkpoint: Checkpoint? {
            text.split(separator: "\n\n", maxSplits: 1).first.flatMap {
                Checkpoint(text: $0 + "\n")
            }
        }
    }

    private func noteFiles() -> [NoteFile] {
        guard let tlog = try? audit.directory("tlog") else { return [] }
        var files: [NoteFile] = []
        if let shelves = try? tlog.directory("checkpoints") {
            for year in (try? shelves.names()) ?? [] {
                guard let shelf = try? shelves.directory(year) else { continue }
                for name in (try? shelf.names()) ?? [] where name.hasSuffix(".note") {
                    guard let bytes = try? shelf.contents(name) else { continue }
                    files.append(
                        NoteFile(
                            path: "tlog/checkpoints/\(year)/\(name)",
                            text: String(decoding: bytes, as: UTF8.self)
                        )
                    )
                }
            }
        }
        if let newest = try? tlog.contents("checkpoint") {
            files.append(
                NoteFile(path: "tlog/checkpoint", text: String(decoding: newest, as: UTF8.self))
            )
        }
        return files
    }

    /// Returns how many records the newest valid note covers.
    private mutating func checkNotes(
        _ notes: [NoteFile],
        roots: [Int64: ContentDigest],
        seen: String?
    ) -> Int64 {
        let keys = (try? audit.directory("tlog")).flatMap { try? NoteShelf.keys(in: $0) } ?? []
        var newest: Checkpoint?
        for note in notes {
            guard let key = keys.first(where: { SignedNote(note.text, signedBy: $0) != nil }),
                let checkpoint = note.checkpoint
            else {
                findings.append(
                    Finding(.noteUnsigned, note.path, "no key of this log has signed it")
                )
                continue
            }
            check(checkpoint, note.path, roots)
            if checkpoint.size >= newest?.size ?? 0 {
                (newest, signedBy) = (checkpoint, key.description)
            }
        }
        if !notes.contains(where: { $0.path == "tlog/checkpoint" }) {
            findings.append(Finding(.noNote, "tlog/checkpoint", "the newest note is missing"))
        } else if newest?.size != sealed, sealed > 0 {
            findings.append(
                Finding(
                    newest == nil ? .noNote : .notSealed,
                    "tlog/checkpoint",
                    "\(sealed) records are sealed, \(newest?.size ?? 0) are signed"
                )
            )
        }
        compare(with: seen.flatMap { NoteFile(path: "STATE/seen", text: $0).checkpoint }, roots)
        return newest?.size ?? 0
    }

    private mutating func check(
        _ note: Checkpoint,
        _ path: String,
        _ roots: [Int64: ContentDigest]
    ) {
        if note.size > sealed {
            findings.append(
                Finding(.rolledBack, path, "\(note.size) records were signed, \(sealed) are here")
            )
        } else if roots[note.size] != note.root {
            findings.append(
                Finding(
                    .noteContradicts,
                    path,
                    "the first \(note.size) records are not the signed ones"
                )
            )
        }
    }

    private mutating func compare(with seen: Checkpoint?, _ roots: [Int64: ContentDigest]) {
        guard let seen else {
            notExcluded.append(
                "records after \(sealed) that were cut off together with their notes"
            )
            return
        }
        if seen.size > sealed || (roots[seen.size].map { $0 != seen.root } ?? false) {
            findings.append(
                Finding(
                    .rolledBack,
                    "STATE/seen",
                    "a note over \(seen.size) records was seen before; this log is not its continuation"
                )
            )
        }
    }
}
