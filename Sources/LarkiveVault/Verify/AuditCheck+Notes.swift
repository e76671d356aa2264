internal import LarkiveCore

extension AuditCheck {
    /// A note that a known key has signed.
    struct Signed {
        let file: NoteFile
        let note: Checkpoint
        let key: VerifierKey
    }

    /// Returns how many records the newest valid note covers.
    mutating func checkNotes(
        _ files: [NoteFile],
        _ later: [NoteFile],
        _ reading: LogReading
    ) -> Int64 {
        var ring = keyRing(files, reading)
        checkKeyFiles()
        let fresh = later.filter { $0.checkpoint.map { $0.size <= reading.sealed } ?? false }
        let signed = signers(of: files + fresh, ring, reading)
        let sound = signed.filter { isSound($0.note, reading) }
        ring.follow(sound.map { ($0.key, $0.note.size) })
        checkForeignKeys(ring, Set(sound.map(\.key)))
        let believed = signed.filter { ring.trusted.contains($0.key) }
        reportUnbelieved(signed, believed, ring, reading)
        judge(believed, ring, reading)
        let good = believed.filter { isSound($0.note, reading) && !isPast($0, ring) }
        checkShelf(files + fresh, good)
        checkNewest(good, Set(files))
        signedNotes = believed.map(\.note)
        hasOtherSeen = files.contains { $0.place == .seen && differs($0, reading) }
        checkState(ring, sound, reading)
        conclude(good.max { $1.note.isNewer(than: $0.note) }, files, reading)
        cover(good, reading)
        return good.map(\.note.size).max() ?? 0
    }

    // MARK: sizes and roots

    private func differs(_ file: NoteFile, _ reading: LogReading) -> Bool {
        guard let note = file.checkpoint, note.size <= reading.sealed else { return false }
        return !isSound(note, reading)
    }

    func isSound(_ note: Checkpoint, _ reading: LogReading) -> Bool {
        reading.roots[note.size] == note.root
    }

    /// Whether a note says more than its key could say in its time.
    private func isPast(_ signed: Signed, _ ring: KeyRing) -> Bool {
        guard let end = ring.end(of: signed.key) else { return false }
        return signed.note.size > (end.kind == .rotated ? end.seq + 1 : end.seq)
    }

    /// Whether a restart has told that these records are cut off.
    private func isAdmitted(_ signed: Signed, _ ring: KeyRing) -> Bool {
        guard signed.file.place != .outside, signed.file.place != .seen,
            let end = ring.end(of: signed.key), end.kind == .restarted
        else { return false }
        return signed.note.size <= end.former?.size ?? 0
    }

    private mutating func judge(_ notes: [Signed], _ ring: KeyRing, _ reading: LogReading) {
        var (beyond, contradicting) = ([Signed](), [Signed]())
        let judgeable = reading.chain.soundUntil ?? reading.sealed
        for signed in notes where !isAdmitted(signed, ring) {
            if isPast(signed, ring), let end = ring.end(of: signed.key),
                end.kind == .rotated || signed.note.size <= reading.sealed
            {
                reportPast(signed, end, reading)
            } else if signed.note.size > reading.sealed {
                beyond.append(signed)
            } else if signed.note.size <= judgeable, !isSound(signed.note, reading) {
                contradicting.append(signed)
            }
        }
        reportBeyond(beyond, reading)
        reportContradicting(contradicting, sound: notes, reading)
    }

    private mutating func reportPast(_ signed: Signed, _ end: KeyChange, _ reading: LogReading) {
        let detail =
            "\(signed.note.size) records are signed by \(signed.key.name), "
            + "whose time ended with record \(end.seq)"
        let fault = LogFault(
            code: .noteAfterChange,
            subject: signed.file.path,
            detail: detail,
            first: end.seq + 1,
            last: signed.note.size - 1
        )
        findings.append(fault.finding(on: reading.chain.timeline))
    }

    /// One finding for all: the note that says most.
    private mutating func reportBeyond(_ notes: [Signed], _ reading: LogReading) {
        // What an unreadable end has taken with it has been told.
        guard !reading.chain.hasLostItsEnd,
            let most = notes.max(by: { $0.note.size < $1.note.size })
        else { return }
        let fault = LogFault(
            code: .rolledBack,
            subject: most.file.path,
            detail: "\(most.note.size) records were signed, \(reading.sealed) are here: the end "
                + "was cut off, or this is an older copy",
            first: reading.sealed,
            last: most.note.size - 1
        )
        findings.append(fault.finding(on: reading.chain.timeline))
    }

    /// One finding for all: what lies between the last right note and the first wrong one.
    private mutating func reportContradicting(
        _ notes: [Signed],
        sound: [Signed],
        _ reading: LogReading
    ) {
        guard let first = notes.min(by: { $0.note.size < $1.note.size }) else { return }
        // What the folder says of itself does not narrow down what was kept elsewhere.
        let isOwn = first.file.place == .log || first.file.place == .newest
        let right = sound.filter {
            $0.note.size < first.note.size && isSound($0.note, reading)
                && (isOwn || ![.log, .newest].contains($0.file.place))
        }
        let others = notes.count > 1 ? ", and \(notes.count - 1) other notes likewise" : ""
        let fault = LogFault(
            code: .noteContradicts,
            subject: first.file.path,
            detail: "the first \(first.note.size) records are not the signed ones\(others)",
            first: right.map(\.note.size).max() ?? 0,
            last: first.note.size - 1
        )
        findings.append(fault.finding(on: reading.chain.timeline))
    }

    // MARK: what follows

    private mutating func conclude(
        _ newest: Signed?,
        _ files: [NoteFile],
        _ reading: LogReading
    ) {
        signedBy = newest?.key.description
        guard unread.isDisjoint(with: ["tlog", "tlog/checkpoint", FoundNotes.keys]) else { return }
        guard files.contains(where: { $0.place == .newest }) else {
            let detail =
                reading.chain.size > 0 || !files.isEmpty
                ? "the newest note is missing"
                : "there is no record and no note: an init that died left them out, and the next "
                    + "run makes them"
            findings.append(Finding(.noNote, "tlog/checkpoint", detail))
            return
        }
        let size = newest?.note.size ?? 0
        guard size < reading.sealed, reading.chain.soundUntil == nil,
            !findings.contains(where: { $0.code == .noteContradicts || $0.code == .noteUnsigned })
        else { return }
        let fault = LogFault(
            code: newest == nil ? .noNote : .notSealed,
            subject: "tlog/checkpoint",
            detail: "\(reading.sealed) records are sealed, \(size) are signed",
            first: size,
            last: reading.sealed - 1
        )
        findings.append(fault.finding(on: reading.chain.timeline))
    }

    private mutating func cover(_ good: [Signed], _ reading: LogReading) {
        let outside = good.filter { [.outside, .copy].contains($0.file.place) }
        if let most = outside.max(by: { $0.note.size < $1.note.size }), most.note.size > 0 {
            covered = Cover(size: most.note.size, note: most.file.path)
        }
        let anchored = good.contains { $0.file.place == .seen }
        notExcluded =
            Doubts(
                sealed: reading.sealed,
                covered: covered?.size ?? 0,
                isAnchoredByState: anchored,
                hasKeys: !witnesses.keys.isEmpty
            ).words + unasked.map { "copies: \($0)" }
    }
}
