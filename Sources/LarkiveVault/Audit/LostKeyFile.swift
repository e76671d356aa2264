internal import LarkiveCore

/// The public half of the key in STATE, where the archive has lost it.
struct LostKeyFile {
    let layout: Layout
    let state: Directory
    let key: SigningKey

    /// Puts the key's file back when this key has signed the archive's newest note.
    ///
    /// Nothing is put beside another key of the same number: that is for somebody to look at.
    /// Returns what was done.
    func putBack(at now: Timestamp) throws -> [String] {
        guard let (tlog, origin) = try lost() else { return [] }
        let verifier = key.verifier(for: origin.description)
        try setAside(verifier.fileName, tlog, at: now)
        try NoteShelf(tlog: tlog, state: state, key: key, origin: origin).keep(verifier)
        return ["tlog/keys/\(verifier.fileName) was missing: made again from the key in STATE"]
    }

    /// Whether ``putBack(at:)`` would do something.
    func isLost() throws -> Bool { try lost() != nil }

    private func lost() throws -> (tlog: Directory, origin: Origin)? {
        guard let tlog = try? layout.audit.directory("tlog"),
            let bytes = try tlog.contents(NoteShelf.newest)
        else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let origin = Origin(String(text.prefix { $0 != "\n" })),
            origin.archive == (try identity()).id,
            SignedNote(text, signedBy: key.verifier(for: origin.description)) != nil,
            !known(tlog).contains(where: { $0.originNumber == origin.number })
        else { return nil }
        return (tlog, origin)
    }

    private func identity() throws -> ArchiveIdentity {
        try ArchiveIdentity(reading: layout.root.contents(ArchiveIdentity.fileName) ?? [])
    }

    private func known(_ tlog: Directory) -> [VerifierKey] {
        (try? NoteShelf.keys(in: tlog)) ?? []
    }

    /// What stands under the name and is no key.
    private func setAside(_ name: String, _ tlog: Directory, at now: Timestamp) throws {
        guard let keys = try? tlog.directory("keys"), try keys.look(at: name) != nil else { return }
        let kept = "\(name).\(now.milliseconds)"
        try keys.moveWithoutReplacing(name, to: layout.quarantine, as: kept)
        try layout.quarantine.sync()
        try keys.sync()
    }

    /// An archive that knows no such late key as STATE does was put back from an older copy.
    static func refuseOlderArchive(_ layout: Layout, _ state: Directory) throws {
        guard let seen = SeenNote.text(in: state.path),
            let origin = Origin(String(seen.prefix { $0 != "\n" })),
            let tlog = try? layout.audit.directory("tlog"),
            let newest = try? NoteShelf.keys(in: tlog).last?.originNumber,
            newest < origin.number
        else { return }
        let bytes = try layout.root.contents(ArchiveIdentity.fileName) ?? []
        guard try ArchiveIdentity(reading: bytes).id == origin.archive else { return }
        throw AuditError(.rolledBack, words(origin.number, newest, isOfState: true))
    }

    static func words(_ seen: Int64, _ newest: Int64, isOfState: Bool) -> String {
        "\(isOfState ? "STATE has seen" : "it is") a note of key \(seen), the newest key here is "
            + "\(newest): the archive was restored from a copy that is older than "
            + (isOfState ? "STATE" : "this note")
    }

    /// None where they are missing; what cannot be read is not missing.
    private static func keys(_ audit: Directory) throws -> [VerifierKey] {
        guard try audit.look(at: "tlog") != nil else { return [] }
        let tlog = try audit.directory("tlog")
        return try tlog.look(at: "keys") == nil ? [] : NoteShelf.keys(in: tlog)
    }

    /// The key that has signed what STATE has seen is one of the archive's, whatever it says now.
    static func refuseReplacedKeys(_ layout: Layout, _ state: Directory) throws {
        let bytes = try layout.root.contents(ArchiveIdentity.fileName) ?? []
        let id = try ArchiveIdentity(reading: bytes).id
        guard let own = SeenNote.signer(in: state.path, of: id) else { return }
        guard try !keys(layout.audit).contains(own) else { return }
        throw VaultError(
            .auditDamaged,
            "\(layout.audit.path("tlog/keys")) does not hold the key in STATE, which has signed "
                + "\(own.name): the log was changed, or has lost its keys",
            hint: "see which of the two: larkive verify"
        )
    }
}
