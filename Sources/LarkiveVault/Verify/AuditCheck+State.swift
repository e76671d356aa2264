internal import LarkiveCore

extension AuditCheck {
    private static let wayOut =
        "no run begins until STATE is put back, or the log is restarted: larkive audit restart "
        + "--reason TEXT"

    private static let forbidsRestart: Set<Finding.Code> = [.rolledBack, .noteContradicts]

    /// What would keep the next run from beginning.
    mutating func checkState(_ ring: KeyRing, _ sound: [Signed], _ reading: LogReading) {
        switch witnesses.seen {
        case .lost:
            let detail = "STATE has lost the newest note; \(Self.wayOut)"
            findings.append(Finding(.stateLost, "STATE/seen", detail))
        case .unreadable(let words):
            let detail = "cannot be read, and nothing was compared with it: \(words)"
            findings.append(Finding(.stateLost, "STATE/seen", detail))
        case .none, .note: break
        }
        guard witnesses.isRunning?() != true else { return }
        if isRestartOpen(sound, reading) {
            let detail = "\(RestartMark.words); \(RestartMark.hint)"
            findings.append(Finding(.restartUnfinished, "tlog", detail))
        } else if !hasOtherSeen,
            !findings.contains(where: { Self.forbidsRestart.contains($0.code) }),
            let words = wordsOnKey(ring)
        {
            findings.append(Finding(.stateKey, "STATE/key", "\(words); \(Self.wayOut)"))
        }
    }

    /// Its record may be the last one without having been signed; before that STATE has a mark.
    private func isRestartOpen(_ sound: [Signed], _ reading: LogReading) -> Bool {
        if witnesses.hasOpenRestart { return true }
        guard let last = changes.last, last.kind == .restarted, last.seq == reading.chain.size - 1
        else { return false }
        return !sound.contains { $0.key == last.key }
    }

    /// Why the key in STATE cannot sign for this log; nil when it can, or when nobody knows.
    private func wordsOnKey(_ ring: KeyRing) -> String? {
        guard let newest = ring.folder.last else { return nil }
        switch witnesses.key {
        case .unknown: return nil
        case .missing: return "missing"
        case .unusable(let words): return words
        case .key(let key):
            let own = ring.folder.last { key.verifier(for: $0.name) == $0 }
            guard let own else { return "it is none of this log's keys" }
            guard own.originNumber < newest.originNumber else { return nil }
            return "it is key \(own.originNumber), the log goes on with key \(newest.originNumber)"
        }
    }
}
