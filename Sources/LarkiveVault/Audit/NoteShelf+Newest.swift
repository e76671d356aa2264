internal import LarkiveCore

extension NoteShelf {
    /// The newest note on the shelf that a key of the archive has signed, if `checkpoint` is older.
    ///
    /// It is after a run that died between the two, and where somebody has put an older one there.
    /// What cannot be read is passed over: `checkpoint` is a good note all the same.
    static func newer(
        than newest: SignedNote,
        in tlog: Directory
    ) -> (note: SignedNote, folder: Directory, name: String)? {
        guard let known = try? keys(in: tlog), let names = try? names(in: tlog) else { return nil }
        for (folder, name) in names {
            guard let bytes = try? folder.contents(name),
                let note = SignedNote(String(decoding: bytes, as: UTF8.self), signedByAnyOf: known)
            else { continue }
            let isNewer = note.checkpoint.isNewer(than: newest.checkpoint)
            return isNewer ? (note, folder, name) : nil
        }
        return nil
    }

    /// Of all years, since a clock may have been wrong; the newest by its name first.
    private static func names(in tlog: Directory) throws(DiskError) -> [(Directory, String)] {
        guard try tlog.look(at: "checkpoints") != nil else { return [] }
        let shelves = try tlog.directory("checkpoints")
        var found: [(name: NoteName, folder: Directory, text: String)] = []
        for year in try shelves.names() where year.utf8.count == 4 && Int(year) != nil {
            let folder = try shelves.directory(year)
            for text in try folder.names() {
                if let name = NoteName(text) { found.append((name, folder, text)) }
            }
        }
        return found.sorted { ($0.name.number, $0.name.size) > ($1.name.number, $1.name.size) }
            .map { ($0.folder, $0.text) }
    }
}
