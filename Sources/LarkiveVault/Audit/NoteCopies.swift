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

    /// For each folder that can be read the newest note of each key of an archive, the last key's
    /// first, by their names.
    ///
    /// One that neither a known key has signed nor the key that was kept beside it says nothing, and
    /// hides no other.
    private func newest(
        of archive: String,
        _ known: [VerifierKey]
    ) -> [[(path: String, note: Checkpoint)]] {
        folders.compactMap { folder in
            guard let directory = try? Directory.open(folder), let names = try? directory.names()
            else { return nil }
            // Under a number that the log knows nobody else's key counts.
            let latest = known.map(\.originNumber).max() ?? 0
            let beside = Self.keys(of: archive, among: names, in: directory)
            let keys = known + beside.filter { $0.originNumber > latest }
            let notes = names.filter { $0.hasPrefix("\(archive)-") && $0.hasSuffix(".note") }
            let byKey = Dictionary(grouping: notes) { Self.place($0, archive).key }
            return byKey.sorted { $0.key > $1.key }.compactMap { _, names in
                Self.newest(of: names, archive, keys, in: directory)
            }
        }
    }

    private static func newest(
        of names: [String],
        _ archive: String,
        _ keys: [VerifierKey],
        in folder: Directory
    ) -> (path: String, note: Checkpoint)? {
        for name in names.sorted(by: { place($0, archive).size > place($1, archive).size }) {
            guard let text = text(name, in: folder),
                let note = SignedNote(text, signedByAnyOf: keys)
            else { continue }
            return (folder.path(name), note.checkpoint)
        }
        return nil
    }

    private static func keys(
        of archive: String,
        among names: [String],
        in folder: Directory
    ) -> [VerifierKey] {
        names.filter { $0.hasPrefix(archive) && $0.hasSuffix(".vkey") }
            .compactMap { text($0, in: folder).flatMap { VerifierKey($0.filter { $0 != "\n" }) } }
            .filter { Origin($0.name)?.archive == archive }
    }

    private static func text(_ name: String, in folder: Directory) -> String? {
        (try? folder.contents(name)).flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The key's number and the size in a name.
    private static func place(_ name: String, _ archive: String) -> (key: Int64, size: Int64) {
        let parts = name.dropFirst(archive.utf8.count + 1).dropLast(".note".count)
            .split(separator: "-").map { Int64($0) ?? 0 }
        return (parts.count > 1 ? parts[1] : 1, parts.first ?? 0)
    }

    /// The newest note of each key that is later than any that the log's records name.
    func later(than changes: [KeyChange], of archive: String) -> [Checkpoint] {
        let latest = max(1, changes.map(\.key.originNumber).max() ?? 1)
        return newest(of: archive, []).joined().map(\.note).filter { $0.originNumber > latest }
    }

    /// A note of a later key, or of this one over more records, was signed before the archive was
    /// restored from an older copy; one over other records, before such a copy went on.
    ///
    /// What a former key has signed is behind the record that brought the present one.
    func refuseOlder(_ log: OpenedLog) throws {
        let (origin, size) = (log.shelf.origin, log.tree.size)
        let keys = try NoteShelf.keys(in: log.shelf.tlog)
        for (path, note) in newest(of: origin.archive, keys).compactMap(\.first) {
            if note.originNumber < origin.number { continue }
            guard note.originNumber == origin.number, note.size <= size else {
                throw AuditError(
                    .rolledBack,
                    "\(path) says that \(note.size) records were signed, \(size) are sealed here: "
                        + "the archive was restored from an older copy, or a copy of it was "
                        + "restarted elsewhere"
                )
            }
            guard try log.tree.root(at: note.size) != note.root else { continue }
            throw AuditError(
                .rolledBack,
                "\(path) signs other records than the first \(note.size) that are here: an older "
                    + "copy of the archive has gone on"
            )
        }
    }

    /// Which folders could not be asked whether there is a newer note, in words.
    func remarks(on archive: String) -> [String] {
        folders.compactMap { folder in
            do {
                let names = try Directory.open(folder).names()
                guard !names.contains(where: { $0.hasPrefix("\(archive)-") }) else { return nil }
                return
                    "\(folder) has no note of this archive: is it new, or a share that is not mounted?"
            } catch {
                return "\(folder) cannot be asked whether this archive is the newest: \(error)"
            }
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
