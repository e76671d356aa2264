internal import LarkiveCore

/// Folders elsewhere into which every new note and the key are put, never replacing anything.
struct NoteCopies: Sendable {
    var folders: [String] = []

    /// Keeps a note in each folder; returns why it could not, by folder.
    func keep(_ note: SignedNote, _ key: VerifierKey) -> [String] {
        guard let origin = Origin(note.checkpoint.origin) else { return [] }
        let files = [
            (Self.name(of: note.checkpoint, origin), note.text),
            ("\(origin.archive)\(origin.suffix).vkey", "\(key)\n"),
        ]
        return folders.compactMap { folder in
            do {
                let directory = try Directory.open(folder)
                for (name, text) in files {
                    guard try directory.keep(name, Array(text.utf8)) else {
                        return "\(directory.path(name)): there is another file of this name"
                    }
                }
                return nil
            } catch { return "\(error)" }
        }
    }

    /// The newest note of an archive in each folder that can be read, as its name says.
    private func newest(of archive: String) -> [NoteFile] {
        folders.compactMap { folder in
            guard let directory = try? Directory.open(folder), let names = try? directory.names()
            else { return nil }
            let newest = names.filter { $0.hasPrefix("\(archive)-") && $0.hasSuffix(".note") }
                .max { Self.place($0, archive) < Self.place($1, archive) }
            return newest.flatMap { name in
                (try? directory.contents(name)).flatMap { $0 }.map {
                    NoteFile(
                        path: directory.path(name),
                        text: String(decoding: $0, as: UTF8.self),
                        place: .copy
                    )
                }
            }
        }
    }

    /// The key's number and the size in a name.
    private static func place(_ name: String, _ archive: String) -> (Int64, Int64) {
        let parts = name.dropFirst(archive.utf8.count + 1).dropLast(".note".count)
            .split(separator: "-").map { Int64($0) ?? 0 }
        return (parts.count > 1 ? parts[1] : 1, parts.first ?? 0)
    }

    /// The highest number of a key of which a folder has a note; 0 when none has.
    func latestKey(of archive: String) -> Int64 {
        newest(of: archive).compactMap(\.checkpoint?.originNumber).max() ?? 0
    }

    /// Newest notes of keys later than any that the log's records name.
    func later(than changes: [KeyChange], of archive: String) -> [Checkpoint] {
        let latest = max(1, changes.map(\.key.originNumber).max() ?? 1)
        return newest(of: archive).compactMap(\.checkpoint).filter { $0.originNumber > latest }
    }

    /// A note that says more than this log, signed by one of its keys or by a later one, was signed
    /// before the archive was restored from an older copy.
    func refuseOlder(_ log: OpenedLog) throws {
        let keys = try NoteShelf.keys(in: log.shelf.tlog)
        for file in newest(of: log.shelf.origin.archive) {
            guard let note = file.checkpoint else { continue }
            let isLater = note.originNumber > log.shelf.origin.number
            let isSigned = SignedNote(file.text, signedByAnyOf: keys) != nil
            guard isLater || (isSigned && note.size > log.tree.size) else { continue }
            throw AuditError(
                .rolledBack,
                "\(file.path) says that \(note.size) records were signed, \(log.tree.size) are "
                    + "sealed here: the archive was restored from an older copy"
            )
        }
    }

    static func name(of note: Checkpoint, _ origin: Origin) -> String {
        "\(origin.archive)-\(note.size)\(origin.suffix).note"
    }
}

extension Directory {
    /// Writes a file that nothing replaces, also where unnamed files cannot be made.
    ///
    /// Returns false when the name is taken by other bytes. What cannot be written whole is taken
    /// away again; dying half-way leaves a shorter file, which is then such other bytes.
    fileprivate func keep(_ name: String, _ bytes: [UInt8]) throws(DiskError) -> Bool {
        if let found = try contents(name) { return found == bytes }
        let file = try file(name, .creating)
        do {
            try file.write(bytes)
            try file.sync()
            try sync()
        } catch {
            try? remove(name)
            throw error
        }
        return true
    }
}
