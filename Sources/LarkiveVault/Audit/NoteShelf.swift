internal import LarkiveCore

/// Where signed notes are kept: the newest in STATE and in the archive, every one in the archive.
struct NoteShelf: Sendable {
    static let newest = "checkpoint"
    static let seen = "seen"

    /// `audit/tlog`.
    let tlog: Directory
    let state: Directory
    let key: SigningKey
    /// Which of the archive's keys this is.
    let origin: Origin

    var verifier: VerifierKey { key.verifier(for: origin.description) }

    init(tlog: Directory, state: Directory, key: SigningKey, origin: Origin) {
        self.tlog = tlog
        self.state = state
        self.key = key
        self.origin = origin
    }

    /// Finds the origin that this key signs for among the public keys of the archive.
    init(tlog: Directory, state: Directory, key: SigningKey) throws(AuditError) {
        let known = try Self.keys(in: tlog)
        guard let own = known.last(where: { $0 == key.verifier(for: $0.name) }),
            let origin = Origin(own.name)
        else {
            throw AuditError(.keyMissing, "the key in \(state.path) is not this archive's")
        }
        // A key that waits to take over may be public before it is in its place.
        let waiting = try? KeyFile.read(KeyFile.next, in: state)
        let others = known.filter { waiting?.verifier(for: $0.name) != $0 }
        let newest = others.map(\.originNumber).max() ?? 0
        guard newest == origin.number else {
            throw AuditError(
                .keyMissing,
                "the archive has key \(newest), the one in \(state.path) is key \(origin.number)"
            )
        }
        self.init(tlog: tlog, state: state, key: key, origin: origin)
    }

    static func keys(in tlog: Directory) throws(AuditError) -> [VerifierKey] {
        do {
            let folder = try tlog.directory("keys")
            var keys: [VerifierKey] = []
            for name in try folder.names() where name.hasSuffix(".vkey") {
                if let key = try key(name, in: folder) { keys.append(key) }
            }
            return keys.sorted { $0.originNumber < $1.originNumber }
        } catch { throw error.asAuditError }
    }

    /// Nil for what holds no key; it takes nothing away from the others.
    private static func key(_ name: String, in folder: Directory) throws(DiskError) -> VerifierKey?
    {
        do {
            let text = String(decoding: try folder.contents(name) ?? [], as: UTF8.self)
            return VerifierKey(text.filter { $0 != "\n" })
        } catch {
            guard error.refusal != nil || error.isForbidden else { throw error }
            return nil
        }
    }

    /// The newest note that a key of this archive has signed, as the archive and STATE know it.
    ///
    /// Notes are replaced whole, so one that is there and not signed was changed by somebody.
    func newestNotes() throws(AuditError) -> (archive: SignedNote?, state: SignedNote?) {
        let keys = try Self.keys(in: tlog)
        return (
            try note(Self.newest, in: tlog, signedBy: keys) { $0.asAuditError },
            try note(Self.seen, in: state, signedBy: keys) { $0.asStateError }
        )
    }

    private func note(
        _ name: String,
        in folder: Directory,
        signedBy keys: [VerifierKey],
        _ refused: (DiskError) -> AuditError
    ) throws(AuditError) -> SignedNote? {
        let bytes: [UInt8]?
        do {
            bytes = try folder.contents(name)
        } catch { throw refused(error) }
        guard let bytes else { return nil }
        guard let note = SignedNote(String(decoding: bytes, as: UTF8.self), signedByAnyOf: keys)
        else {
            throw AuditError(.damaged, "\(folder.path(name)) is not signed by this archive's key")
        }
        return note
    }

    /// Signs a size and root and keeps the note, in STATE first.
    ///
    /// Dying after STATE leaves a note that the next opening publishes again; so no other root can
    /// ever be signed for this size.
    func sign(size: Int64, root: ContentDigest, at now: Timestamp) throws(AuditError) -> SignedNote
    {
        let checkpoint = Checkpoint(origin: origin.description, size: size, root: root)
        let note = try SignedNote(checkpoint, with: key)
        try publish(note, at: now)
        return note
    }

    func publish(_ note: SignedNote, at now: Timestamp) throws(AuditError) {
        let bytes = Array(note.text.utf8)
        try refuseFork(note)
        do {
            // Dying before this leaves a record that names a key which has signed nothing.
            try keep(verifier)
            try state.replace(Self.seen, with: bytes)
            let shelf = try tlog.makeDirectory("checkpoints")
                .makeDirectory(now.date.year.padded(4))
            let suffix = Origin(note.checkpoint.origin)?.suffix ?? ""
            let name = "\(note.checkpoint.size.padded(12))\(suffix).note"
            // Other bytes under this name are found by `verify`; they hold up no run.
            _ = try shelf.createOnce(name, with: bytes)
            try tlog.replace(Self.newest, with: bytes)
        } catch { throw error.asAuditError }
    }

    /// Never two roots for one size, whoever else may have signed meanwhile.
    private func refuseFork(_ note: SignedNote) throws(AuditError) {
        let bytes: [UInt8]
        do {
            bytes = try state.contents(Self.seen) ?? []
        } catch { throw error.asStateError }
        let said = String(decoding: bytes, as: UTF8.self)
        guard let seen = NoteFile(path: Self.seen, text: said, place: .seen).checkpoint,
            seen != note.checkpoint, !note.checkpoint.isNewer(than: seen)
        else { return }
        throw AuditError(
            .rolledBack,
            "\(state.path(Self.seen)) has \(seen.size) records by now, signed by another run; a "
                + "copy of an archive needs a `state:` of its own"
        )
    }

    func keep(_ verifier: VerifierKey) throws(DiskError) {
        let keys = try tlog.makeDirectory("keys")
        guard try keys.contents(verifier.fileName) == nil else { return }
        _ = try keys.createOnce(verifier.fileName, with: Array("\(verifier)\n".utf8))
    }
}

extension SignedNote {
    init?(_ text: String, signedByAnyOf keys: [VerifierKey]) {
        for key in keys {
            guard let note = SignedNote(text, signedBy: key) else { continue }
            self = note
            return
        }
        return nil
    }
}

/// The newest note that STATE has seen.
package enum SeenNote {
    package static func text(in state: String) -> String? { try? look(in: state) }

    /// Nil where there is none; throws where that cannot be known.
    static func look(in state: String) throws(DiskError) -> String? {
        do {
            return try Directory.open(state).contents(NoteShelf.seen)
                .map { String(decoding: $0, as: UTF8.self) }
        } catch {
            guard error.isMissing else { throw error }
            return nil
        }
    }

    /// The key in STATE, or the one that is to follow it, when it has signed the note in STATE as a
    /// key of this archive.
    static func signer(in state: String, of archive: String) -> VerifierKey? {
        guard let text = text(in: state), let folder = try? Directory.open(state),
            let origin = Origin(String(text.prefix { $0 != "\n" })), origin.archive == archive
        else { return nil }
        return [KeyFile.name, KeyFile.next]
            .compactMap { (try? KeyFile.read($0, in: folder))?.verifier(for: origin.description) }
            .first { SignedNote(text, signedBy: $0) != nil }
    }
}
