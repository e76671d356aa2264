internal import LarkiveCore

extension AuditCheck {
    /// The keys that this log may have been signed with, and which of them are believed.
    mutating func keyRing(_ files: [NoteFile], _ reading: LogReading) -> KeyRing {
        let folder = folderKeys(files)
        let latest = (folder + changes.map(\.key)).map(\.originNumber).max() ?? 0
        let seen = files.first { $0.place == .seen }?.checkpoint?.size ?? 0
        // A log without the records that brought the key is an older copy.
        let isOlder = seen > reading.sealed && witnesses.own?.originNumber ?? 0 > latest
        return KeyRing(
            folder: folder,
            own: isOlder ? nil : witnesses.own,
            outside: witnesses.keys,
            changes: changes
        )
    }

    /// The keys of the folder, and the one that the next run will put back there.
    private mutating func folderKeys(_ files: [NoteFile]) -> [VerifierKey] {
        let tlog = try? audit.directory("tlog")
        let keys = tlog.flatMap { try? NoteShelf.keys(in: $0) } ?? []
        guard case .key(let own) = witnesses.key,
            let newest = files.first(where: { $0.place == .newest }),
            let origin = newest.checkpoint.flatMap({ Origin($0.origin) }),
            !keys.contains(where: { $0.originNumber == origin.number })
        else { return keys }
        let verifier = own.verifier(for: origin.description)
        guard SignedNote(newest.text, signedBy: verifier) != nil else { return keys }
        // One that is there and cannot be read is told as such.
        if (try? tlog?.directory("keys").look(at: verifier.fileName)) ?? nil == nil {
            let detail = "missing; the next run makes it again from the key in STATE"
            findings.append(Finding(.keyUnreadable, "tlog/keys/\(verifier.fileName)", detail))
        }
        return (keys + [verifier]).sorted { $0.originNumber < $1.originNumber }
    }

    mutating func checkKeyFiles() {
        guard let folder = try? audit.directory("tlog").directory("keys") else { return }
        for name in (try? folder.names()) ?? [] where name.hasSuffix(".vkey") {
            guard let detail = Self.fault(of: name, in: folder) else { continue }
            findings.append(Finding(.keyUnreadable, "tlog/keys/\(name)", detail))
        }
    }

    private static func fault(of name: String, in folder: Directory) -> String? {
        do {
            let text = String(decoding: try folder.contents(name) ?? [], as: UTF8.self)
            guard let key = VerifierKey(text.filter { $0 != "\n" }) else {
                return "not a verification key"
            }
            return text == "\(key)\n" ? nil : "not exactly a verification key and a line feed"
        } catch { return "cannot be read: \(error)" }
    }

    mutating func checkForeignKeys(_ ring: KeyRing, _ signers: Set<VerifierKey>) {
        for key in ring.folder where ring.isForeign(key, signing: signers) {
            let detail =
                "the log names no such key, and it has signed nothing of it: move the file away"
            findings.append(Finding(.keyForeign, "tlog/keys/\(key.fileName)", detail))
        }
    }

    mutating func signers(
        of files: [NoteFile],
        _ ring: KeyRing,
        _ reading: LogReading
    ) -> [Signed] {
        var strange: [NoteFile] = []
        let signed = files.compactMap { file in
            for key in ring.known {
                guard let note = SignedNote(file.text, signedBy: key) else { continue }
                return Signed(file: file, note: note.checkpoint, key: key)
            }
            strange.append(file)
            return nil as Signed?
        }
        reportUnsigned(strange, ring, reading)
        return signed
    }

    /// One finding for all notes of a key that is not here.
    private mutating func reportUnsigned(
        _ files: [NoteFile],
        _ ring: KeyRing,
        _ reading: LogReading
    ) {
        var missing: [String: [NoteFile]] = [:]
        var later: [NoteFile] = []
        for file in files {
            let origin = file.checkpoint.flatMap { Origin($0.origin) }
            if isTold(file) { continue }
            if !SignedNote.isOne(file.text) {
                let detail =
                    "it is no signed note: three lines, an empty one and signatures, each line "
                    + "with its line feed, and nothing else"
                findings.append(Finding(.noteUnsigned, file.path, detail))
            } else if let origin, isLater(origin, file, ring, reading) {
                later.append(file)
            } else if let name = origin?.description,
                !ring.known.contains(where: { $0.name == name })
            {
                missing[name, default: []].append(file)
            } else {
                let detail = "no key of this log has signed it"
                findings.append(Finding(.noteUnsigned, file.path, detail))
            }
        }
        reportOlder(later, ring, reading)
        // Keys that cannot be read are not missing.
        guard unread.isDisjoint(with: ["tlog", FoundNotes.keys]) else { return }
        for (name, files) in missing.sorted(by: { $0.key < $1.key }) {
            let more = files.count > 1 ? ", and of \(files.count - 1) more" : ""
            let detail =
                "no key of this log has signed it\(more): the key \(name) is missing, or cannot be "
                + "read; put its file back into tlog/keys, or give it with --key"
            findings.append(Finding(.noteUnsigned, files[0].path, detail))
        }
    }

    /// Whether a restart has gone on over the copy of a note whose key is lost: it took its number.
    private func isTold(_ file: NoteFile) -> Bool {
        guard file.place == .copy, let note = file.checkpoint else { return false }
        return changes.contains {
            $0.kind == .restarted && $0.key.originNumber > note.originNumber
                && $0.former?.size ?? 0 >= note.size
        }
    }

    /// Whether STATE, or somebody else, knows a later key and more records than the log.
    private func isLater(
        _ origin: Origin,
        _ file: NoteFile,
        _ ring: KeyRing,
        _ reading: LogReading
    ) -> Bool {
        guard [.seen, .outside, .copy].contains(file.place), let newest = ring.folder.last,
            Origin(newest.name)?.archive == origin.archive, let note = file.checkpoint,
            note.size > reading.sealed || !isSound(note, reading)
        else { return false }
        return origin.number > ring.known.map(\.originNumber).max() ?? 0
    }

    /// One finding for all: the note that says most.
    private mutating func reportOlder(
        _ files: [NoteFile],
        _ ring: KeyRing,
        _ reading: LogReading
    ) {
        let said = files.compactMap { file in file.checkpoint.map { (file: file, note: $0) } }
        guard let (file, note) = said.max(by: { $1.note.isNewer(than: $0.note) }) else { return }
        let newest = ring.known.map(\.originNumber).max() ?? 0
        let fault = LogFault(
            code: .rolledBack,
            subject: file.path,
            detail: LostKeyFile.words(note.originNumber, newest, isOfState: file.place == .seen),
            first: reading.sealed,
            last: max(note.size - 1, reading.sealed)
        )
        findings.append(fault.finding(on: reading.chain.timeline))
    }

    /// What a believed key has signed again needs none of the log's former keys; of the rest each
    /// key is named once.
    mutating func reportUnbelieved(
        _ signed: [Signed],
        _ believed: [Signed],
        _ ring: KeyRing,
        _ reading: LogReading
    ) {
        let covered = believed.filter { isSound($0.note, reading) }.map(\.note.size).max() ?? -1
        let rest = signed.filter { signed in
            !ring.trusted.contains(signed.key)
                && (!ring.isOfPast(signed.key, before: covered) || signed.note.size > covered
                    || !isSound(signed.note, reading))
        }
        var named: Set<VerifierKey> = []
        for signed in rest where named.insert(signed.key).inserted {
            let detail =
                ring.outside.isEmpty
                ? "it is signed by a key that no record of the log names"
                : "it is signed by \(signed.key.name), which is neither a key that was given nor "
                    + "one that such a key vouches for; if it is the archive's, give it with --key"
            findings.append(Finding(.noteUnsigned, signed.file.path, detail))
        }
    }
}
