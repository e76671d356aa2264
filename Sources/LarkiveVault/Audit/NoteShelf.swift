internal import LarkiveCore

/// Where signed notes are kept: the newest in STATE and in the archive, every one in the archive.
struct NoteShelf: Sendable {
    private static let newest = "checkpoint"
    private static let seen = "seen"

    /// `audit/tlog`.
    let tlog: Directory
    let state: Directory
    let key: SigningKey
    /// `larkive/<archive id>/<n>`; n counts restarts of the log.
    let origin: String

    private var verifier: VerifierKey { key.verifier(for: origin) }

    /// Finds the origin that this key signs for among the public keys of the archive.
    init(tlog: Directory, state: Directory, key: SigningKey) throws(AuditError) {
        self.tlog = tlog
        self.state = state
        self.key = key
        let known = try Self.keys(in: tlog)
        guard let own = known.last(where: { $0 == key.verifier(for: $0.name) }) else {
            throw AuditError(.keyMissing, "the key in \(state.path) is not this archive's")
        }
        origin = own.name
    }

    static func keys(in tlog: Directory) throws(AuditError) -> [VerifierKey] {
        do {
            let folder = try tlog.directory("keys")
            var keys: [VerifierKey] = []
            for name in try folder.names() where name.hasSuffix(".vkey") {
                let text = String(decoding: try folder.contents(name) ?? [], as: UTF8.self)
                if let key = VerifierKey(text.filter { $0 != "\n" }) { keys.append(key) }
            }
            return keys
        } catch { throw error.asAuditError }
    }

    /// The newest note that this archive's key has signed, as the archive and STATE know it.
    ///
    /// Notes are replaced whole, so one that is there and not signed was changed by somebody.
    func newestNotes() throws(AuditError) -> (archive: SignedNote?, state: SignedNote?) {
        (try note(Self.newest, in: tlog), try note(Self.seen, in: state))
    }

    private func note(_ name: String, in folder: Directory) throws(AuditError) -> SignedNote? {
        let bytes: [UInt8]?
        do {
            bytes = try folder.contents(name)
        } catch { throw error.asAuditError }
        guard let bytes else { return nil }
        guard let note = SignedNote(String(decoding: bytes, as: UTF8.self), signedBy: verifier)
        else {
            throw AuditError(.damaged, "\(folder.path(name)) is not signed by this archive's key")
        }
        return note
    }

    /// Signs a size and root and keeps the note, in STATE first.
    ///
    /// Dying after STATE leaves a note that the next opening publishes again; so no other root can
    /// ever be signed for this size.
    func sign(size: Int64, root: ContentDigest, at now: Timestamp) throws(AuditError) {
        let checkpoint = Checkpoint(origin: origin, size: size, root: root)
        try publish(SignedNote(checkpoint, with: key), at: now)
    }

    func publish(_ note: SignedNote, at now: Timestamp) throws(AuditError) {
        let bytes = Array(note.text.utf8)
        do {
            try state.replace(Self.seen, with: bytes)
            let shelf = try tlog.makeDirectory("checkpoints")
                .makeDirectory(now.date.year.padded(4))
            _ = try shelf.createOnce("\(note.checkpoint.size.padded(12)).note", with: bytes)
            try tlog.replace(Self.newest, with: bytes)
        } catch { throw error.asAuditError }
    }
}

/// The newest note that STATE has seen.
package enum SeenNote {
    package static func text(in state: String) -> String? {
        guard let folder = try? Directory.open(state), let bytes = try? folder.contents("seen")
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
