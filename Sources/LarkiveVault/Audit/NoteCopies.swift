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
