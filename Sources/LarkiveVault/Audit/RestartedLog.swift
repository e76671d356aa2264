internal import LarkiveCore

/// A log whose records are sound, with a new key and a tree made from the records alone.
struct RestartedLog {
    let log: OpenedLog
    /// The most that any note says was signed before.
    let former: KeyChange.Former?

    init(
        _ layout: Layout,
        _ state: Directory,
        _ copies: NoteCopies,
        at now: Timestamp
    ) throws {
        let segments = Segments(audit: layout.audit)
        let tlog = try layout.audit.makeDirectory("tlog")
        let bytes = try layout.root.contents(ArchiveIdentity.fileName) ?? []
        let identity = try ArchiveIdentity(reading: bytes)
        var check = AuditCheck(audit: layout.audit)
        check.witnesses = .state(state.path, of: identity.id)
        check.witnesses.copies = copies.folders
        var recorded: ContentDigest?
        try check.run { record in recorded = Self.identity(in: record) ?? recorded }
        if let recorded, !identity.isSpokenOf(by: recorded) { throw VaultError.otherIdentity }
        try Self.refuseChanged(check)
        let notes =
            check.signedNotes + Self.seen(by: check.witnesses)
            + copies.later(than: check.changes, of: identity.id)
        former = try Self.former(notes, latest: Self.latestKey(check), layout, state)
        let used = check.changes.map(\.key.originNumber)
        let origin = try Self.nextOrigin(identity, tlog, notes, used)
        // Dying after this leaves a key that nothing speaks of.
        let key = try KeyFile.makeNext(in: state)
        let shelf = NoteShelf(tlog: tlog, state: state, key: key, origin: origin)
        // Tiles of records that were cut off would be taken for those of new ones.
        let tiles = try FreshTiles(from: segments, in: layout.quarantine, at: now)
        // Dying after this leaves a restart that every command names.
        do {
            try RestartMark(key: shelf.verifier, former: former).write(to: state)
        } catch {
            tiles.discard()
            throw error
        }
        let tree = try tiles.takeOver(in: tlog)
        let sealed = try OpenedLog.end(of: try segments.last(), in: segments)
        log = try OpenedLog(segments, shelf, sealed, tree)
    }

    /// Which `larkive.json` a record speaks of.
    private static func identity(in record: AuditRecord) -> ContentDigest? {
        let name = record.event.type == .archiveCreated ? "sha256" : "archive_sha256"
        guard [.archiveCreated, .runStarted].contains(record.event.type) else { return nil }
        return record.event.record[name]?.string.flatMap { ContentDigest(hex: $0) }
    }

    /// What is damaged is not signed anew: it has to come from a backup.
    private static func refuseChanged(_ check: AuditCheck) throws {
        let grave: Set<Finding.Code> = [
            .lineInvalid, .lineOutOfOrder, .segmentMissing, .segmentUnreadable, .noteContradicts,
            .logUnread,
        ]
        if let worst = check.findings.first(where: { grave.contains($0.code) }) {
            throw VaultError(.auditDamaged, "\(worst.subject): \(worst.detail)", hint: backup)
        }
        guard check.hasOtherSeen else { return }
        throw VaultError(
            .auditDamaged,
            "STATE/seen: the records are not those that STATE has seen",
            hint: "\(backup); if STATE/seen is known to be damaged, move it away"
        )
    }

    private static let backup =
        "a restart keeps records, it mends none: put audit/ back from a backup first"

    /// What STATE has seen, be it signed by a key that is still here or not.
    private static func seen(by witnesses: Witnesses) -> [Checkpoint] {
        guard case .note(let text) = witnesses.seen else { return [] }
        return [NoteFile(path: "STATE/seen", text: text, place: .seen).checkpoint]
            .compactMap { $0 }
    }

    /// The last key that the log, or what STATE has seen of it, knows.
    private static func latestKey(_ check: AuditCheck) -> Int64 {
        let known = check.changes.map(\.key.originNumber) + check.signedNotes.map(\.originNumber)
        return (known + seen(by: check.witnesses).map(\.originNumber) + [1]).max() ?? 1
    }

    private static func former(
        _ notes: [Checkpoint],
        latest: Int64,
        _ layout: Layout,
        _ state: Directory
    ) throws -> KeyChange.Former? {
        // Of any key: after a second restore a former key has said more than the last one.
        let signed = notes.max { ($0.size, $0.originNumber) < ($1.size, $1.originNumber) }
            .map { note in
                KeyChange.Former(
                    size: note.size,
                    root: note.root,
                    unknownKey: note.originNumber > latest ? note.originNumber : nil
                )
            }
        let known = KeyChange.Former(size: known(to: layout), root: nil)
        let begun = try RestartMark.open(in: state)?.former
        return [signed, begun, known].compactMap { $0 }.filter { $0.size > 0 }
            .reduce(nil) { most, next in next.size > most?.size ?? 0 ? next : most }
    }

    private static func nextOrigin(
        _ identity: ArchiveIdentity,
        _ tlog: Directory,
        _ notes: [Checkpoint],
        _ used: [Int64]
    ) throws -> Origin {
        let keys = (try? NoteShelf.keys(in: tlog)) ?? []
        let known = keys.map(\.originNumber) + notes.map(\.originNumber) + used
        let next = max(1, known.max() ?? 0) + 1
        guard next <= Origin.most else {
            throw VaultError(
                .auditDamaged,
                "\(tlog.path("keys")) holds key \(next - 1), which no archive comes to",
                hint: "look which file it is (larkive verify), and move it away"
            )
        }
        return Origin(archive: identity.id, number: next)
    }

    /// How many records the manifest has seen; 0 when it cannot tell.
    static func known(to layout: Layout) -> Int64 {
        ((try? SQLiteManifest(reading: layout.manifestPath).appliedSeq()) ?? -1) + 1
    }

    /// A manifest that knows more than the log is made again from the log.
    func putAsideForeignManifest(_ layout: Layout, at now: Timestamp) throws {
        let name = SQLiteManifest.fileName
        guard try layout.root.contents(name) != nil else { return }
        let applied = try? SQLiteManifest(reading: layout.manifestPath).appliedSeq()
        if let applied, applied < log.head.size { return }
        for file in [name, name + "-journal"] where try layout.root.contents(file) != nil {
            let kept = "\(file).\(now.milliseconds)"
            try layout.root.moveWithoutReplacing(file, to: layout.quarantine, as: kept)
        }
        try layout.root.sync()
    }
}
