package import LarkiveCore

/// Reads a whole log, live or a copy of its folder, and says what is wrong with it.
package struct AuditCheck {
    /// The journal's part of the log, which nothing has signed yet.
    package struct Open: Sendable {
        package let records: Int
        /// Nil when nobody can know.
        package let isRunning: Bool?
    }

    /// How far a note from outside vouches for the log.
    package struct Cover: Sendable {
        package let size: Int64
        package let note: String
    }

    let audit: Directory
    package var witnesses = Witnesses()
    package internal(set) var findings: [Finding] = []
    package private(set) var size: Int64 = 0
    package private(set) var sealed: Int64 = 0
    package private(set) var root: ContentDigest = .zero
    package private(set) var open: Open?
    /// The key of the newest valid note.
    package internal(set) var signedBy: String?
    package internal(set) var covered: Cover?
    /// Restarts and changes of the key, oldest first.
    package private(set) var changes: [KeyChange] = []
    /// What believed keys have signed.
    var signedNotes: [Checkpoint] = []
    /// Whether the records are not those that STATE has seen, whoever has signed its note.
    var hasOtherSeen = false
    /// Events in the inbox.
    package private(set) var waiting = 0
    /// Folders of `audit.copies` that could not be asked whether there is a newer note, in words.
    package private(set) var unasked: [String] = []
    /// What no look at this folder alone can exclude.
    package internal(set) var notExcluded: [String] = []
    /// Whether hashes of signed records are missing or wrong.
    var hasBrokenTiles = false
    /// Whether there are hashes of more records than are here.
    var hasWideTiles = false
    /// Notes, folders of notes and the journal, where they are there and cannot be read.
    private(set) var unread: Set<String> = []
    /// How many records there were at the end of each sealed segment.
    private(set) var ends: [Int64] = []

    /// How many records a manifest has at least that is not an older copy: whoever opens the archive
    /// brings it up to date before anything else, and only what is sealed needs to be in it.
    package private(set) var leastApplied: Int64 = 0

    /// Opens a folder `audit`.
    package init(at path: String) throws {
        do {
            audit = try Directory.open(path)
        } catch {
            guard error.isMissing else { throw VaultError(error) }
            throw VaultError(
                .auditDamaged,
                "\(path) is missing",
                hint: "put it back from a backup"
            )
        }
    }

    init(audit: Directory) { self.audit = audit }

    /// Opens a copy of a folder `audit`, after a look whether it is one.
    package init(ofCopyAt path: String) throws {
        do {
            try self.init(audit: Directory.open(path))
            guard try !isLog() else { return }
        } catch let failure as DiskError where !failure.isMissing {
            throw VaultError(failure)
        } catch {
            throw VaultError(.noArchive, "there is no \(path)", hint: Self.copyHint)
        }
        let isArchive = (try? audit.directory("audit")) != nil
        throw VaultError(
            .noArchive,
            "\(path) is no folder audit",
            hint: isArchive ? "it has one: --dir \(path)/audit" : Self.copyHint
        )
    }

    private static let copyHint = "name a copy of the folder audit of an archive"

    private func isLog() throws -> Bool {
        let names = try audit.names()
        return names.contains("tlog") || names.contains(JournalFile.name)
            || names.contains { $0.utf8.count == 4 && Int($0) != nil }
    }

    /// Checks every line, every tile and every note; `record` sees each valid record in order.
    ///
    /// Notes are read before lines, and lines before tiles, so that a run that goes on meanwhile
    /// only ever has more than is looked for.
    package mutating func run(
        seen: String? = nil,
        record: (AuditRecord) throws -> Void = { _ in }
    ) throws {
        if let seen { witnesses.seen = .note(seen) }
        let found = FoundNotes(in: audit, witnesses)
        let notes = found.files
        var reading = LogReading(
            audit: audit,
            wanted: Set(notes.compactMap(\.checkpoint?.size))
        )
        try reading.run(record)
        (size, sealed, root) = (reading.chain.size, reading.sealed, reading.tree.root)
        (changes, ends) = (reading.changes, reading.ends)
        leastApplied = min(sealed, reading.lastRun?.first ?? 0)
        findings += reading.chain.faults.map { $0.finding(on: reading.chain.timeline) }
        reportUnread(found, reading)
        reportOpen(reading)
        reportRestarts(reading)
        let known = Set(notes)
        // Not the newest: a run may have signed it after its shelf was listed.
        let later = FoundNotes(in: audit, Witnesses()).files.filter {
            $0.place == .log && !known.contains($0)
        }
        if let archive = witnesses.archive, sealed > 0 {
            unasked = NoteCopies(folders: witnesses.copies).remarks(on: archive)
        }
        let signed = checkNotes(notes, later, reading)
        checkTiles(of: reading, signed: signed)
        checkInbox()
    }

    /// What may be in there is neither believed nor missed.
    private mutating func reportUnread(_ notes: FoundNotes, _ reading: LogReading) {
        var unread = notes.unread
        unread[JournalFile.name] = reading.journalFault.map { "\($0)" }
        self.unread = Set(unread.keys)
        for (path, words) in unread.sorted(by: { $0.key < $1.key }) {
            findings.append(Finding(.logUnread, path, "cannot be read: \(words)"))
        }
    }

    private mutating func reportOpen(_ reading: LogReading) {
        guard reading.open > 0 || reading.torn > 0 else { return }
        let open = Open(records: reading.open, isRunning: witnesses.isRunning?())
        self.open = open
        if open.records > 0 {
            findings.append(Finding(.notSealed, JournalFile.name, open.words))
        }
        guard reading.torn > 0, open.isRunning != true else { return }
        let detail = "\(reading.torn) bytes at its end are no records; the next run puts them aside"
        findings.append(Finding(.tornTail, JournalFile.name, detail))
    }

    /// The manifest may lack what the last run wrote, where that met a full disk; it may lack no
    /// more, and never be ahead of a log that can be read to its end.
    package mutating func compare(withManifestAt applied: Int64) {
        if applied >= size, !unread.contains(JournalFile.name) {
            let detail = "it knows \(applied + 1) records, the log has \(size)"
            findings.append(Finding(.rolledBack, "manifest.sqlite", detail))
        } else if applied + 1 < leastApplied, witnesses.isRunning?() == false {
            let detail = "it knows \(applied + 1) of \(sealed) sealed records"
            findings.append(Finding(.manifestBehind, "manifest.sqlite", detail))
        }
    }

    private mutating func reportRestarts(_ reading: LogReading) {
        for change in changes where change.kind == .restarted {
            reportFormer(of: change, reading)
            var finding = Finding(.logRestarted, "record \(change.seq)", change.words)
            finding.facts = [
                "records": .array([.integer(change.seq)]),
                "from": .string(change.time.description),
                "former_size": change.former.map { .integer($0.size) },
            ]
            findings.append(finding)
        }
    }

    /// A restart over records that were all there has named their root.
    private mutating func reportFormer(of change: KeyChange, _ reading: LogReading) {
        guard let former = change.former, former.size <= change.seq, let named = former.root,
            let root = reading.roots[former.size], root != named
        else { return }
        let fault = LogFault(
            code: .noteContradicts,
            subject: "record \(change.seq)",
            detail: "the first \(former.size) records are not those over which the log was "
                + "restarted",
            first: 0,
            last: former.size - 1
        )
        findings.append(fault.finding(on: reading.chain.timeline))
    }

    private mutating func checkInbox() {
        guard let folder = try? audit.directory("inbox"),
            let found = try? Inbox(directory: folder).look()
        else { return }
        waiting = found.waiting.count
        for name in found.strange {
            let detail = "it can never become a record: look what it is, then move it away"
            findings.append(Finding(.inboxJunk, "inbox/\(name)", detail))
        }
    }
}

extension AuditCheck.Open {
    package var words: String {
        let whose =
            switch isRunning {
            case true?: "a run is going on"
            case false?: "a run died; the next one seals what it left"
            case nil: "nothing vouches for it yet"
            }
        let what = records == 1 ? "1 record is" : "\(records) records are"
        return "\(what) open, not sealed: \(whose)"
    }
}
