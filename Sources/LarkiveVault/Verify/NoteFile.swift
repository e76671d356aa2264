internal import LarkiveCore

/// A file that should hold a note.
struct NoteFile: Hashable {
    enum Place: Hashable { case log, newest, copy, outside, seen }

    let path: String
    let text: String
    let place: Place

    var checkpoint: Checkpoint? {
        text.split(separator: "\n\n", maxSplits: 1).first.flatMap { Checkpoint(text: $0 + "\n") }
    }
}

/// What the name of a kept note says: `000000000030.note`, and `000000000030-2.note` of key 2.
struct NoteName: Hashable {
    let size: Int64
    let number: Int64

    init(size: Int64, number: Int64) { (self.size, self.number) = (size, number) }

    /// The last part of a path.
    init?(_ path: String) {
        let name = path.split(separator: "/").last ?? ""
        guard name.hasSuffix(".note") else { return nil }
        let parts = name.dropLast(5).split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let size = Int64(parts[0]),
            let number = parts.count == 1 ? 1 : Int64(parts[1])
        else { return nil }
        self.init(size: size, number: number)
        guard text == name else { return nil }
    }

    private var text: String {
        "\(size.padded(12))\(number > 1 ? "-\(number)" : "").note"
    }
}

/// All notes of a log and of its witnesses, and what hides others.
struct FoundNotes {
    static let shelves = "tlog/checkpoints"
    static let keys = "tlog/keys"

    private(set) var files: [NoteFile] = []
    /// What is there below `audit` and cannot be read, and why.
    private(set) var unread: [String: String] = [:]

    /// The newest last of those in the log, so that it is never older than the others.
    init(in audit: Directory, _ witnesses: Witnesses) {
        if let tlog = attempt("tlog", { try audit.directory("tlog") }) { look(in: tlog) }
        for folder in witnesses.copies { files += Self.copies(in: folder, of: witnesses.archive) }
        files += witnesses.notes.map { NoteFile(path: $0.name, text: $0.text, place: .outside) }
        if case .note(let text) = witnesses.seen {
            files.append(NoteFile(path: "STATE/seen", text: text, place: .seen))
        }
    }

    private mutating func look(in tlog: Directory) {
        if let shelves = attempt(Self.shelves, { try tlog.directory("checkpoints") }) {
            for year in attempt(Self.shelves, { try shelves.names() }) ?? [] {
                let path = "\(Self.shelves)/\(year)"
                // What is no year is told as a file too many, and may be anything.
                let isYear = year.utf8.count == 4 && Int(year) != nil
                let shelf =
                    isYear
                    ? attempt(path) { try shelves.directory(year) } : try? shelves.directory(year)
                if let shelf { look(at: shelf, path) }
            }
        }
        // Without its keys no note can be judged.
        _ = attempt(Self.keys) { try tlog.directory("keys").names() }
        guard let newest = attempt("tlog/checkpoint", { try tlog.contents(NoteShelf.newest) })
        else { return }
        let text = String(decoding: newest, as: UTF8.self)
        files.append(NoteFile(path: "tlog/checkpoint", text: text, place: .newest))
    }

    private mutating func look(at shelf: Directory, _ path: String) {
        for name in attempt(path, { try shelf.names() }) ?? [] where name.hasSuffix(".note") {
            guard let bytes = attempt("\(path)/\(name)", { try shelf.contents(name) })
            else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            files.append(NoteFile(path: "\(path)/\(name)", text: text, place: .log))
        }
    }

    /// What cannot be read is not what is missing.
    private mutating func attempt<Value>(_ path: String, _ read: () throws -> Value?) -> Value? {
        do {
            return try read()
        } catch {
            if (error as? DiskError)?.isMissing != true { unread[path] = "\(error)" }
            return nil
        }
    }

    private static func copies(in folder: String, of archive: String?) -> [NoteFile] {
        guard let directory = try? Directory.open(folder) else { return [] }
        // A copy that was cut off while it was written says nothing, least of all against the log.
        return notes(in: directory, folder).filter { note in
            guard let origin = note.checkpoint.flatMap({ Origin($0.origin) }) else { return false }
            return archive == nil || origin.archive == archive
        }
    }

    private static func notes(in folder: Directory, _ path: String) -> [NoteFile] {
        ((try? folder.names()) ?? []).filter { $0.hasSuffix(".note") }.compactMap { name in
            (try? folder.contents(name)).flatMap { $0 }.map {
                NoteFile(
                    path: "\(path)/\(name)",
                    text: String(decoding: $0, as: UTF8.self),
                    place: .copy
                )
            }
        }
    }
}
