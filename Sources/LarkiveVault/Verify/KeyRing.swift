internal import LarkiveCore

/// Which keys are believed, and from which record to which.
struct KeyRing {
    let folder: [VerifierKey]
    /// The key in STATE, if it has proved to be this archive's.
    let own: VerifierKey?
    let outside: [VerifierKey]
    let changes: [KeyChange]
    private(set) var trusted: [VerifierKey]

    /// Without keys from outside all are believed that the folder has and its records name.
    ///
    /// No other key can be what the one in STATE is.
    init(
        folder: [VerifierKey],
        own: VerifierKey?,
        outside: [VerifierKey],
        changes: [KeyChange]
    ) {
        self.folder = folder
        self.own = own
        self.outside = outside
        self.changes = changes
        let firsts = folder.filter { $0.originNumber == 1 }
        let inside = (firsts + changes.map(\.key))
            .filter { $0.originNumber != own?.originNumber }
        trusted = outside.isEmpty ? inside + [own].compactMap { $0 } : outside
    }

    /// Any key that somebody holds to be one of this log.
    var known: [VerifierKey] {
        outside + folder + changes.map(\.key) + [own].compactMap { $0 }
    }

    /// A key that neither `init` made nor a record names.
    func isForeign(_ key: VerifierKey, signing signers: Set<VerifierKey>) -> Bool {
        if let own, own.originNumber == key.originNumber { return key != own }
        guard key.originNumber == 1 else { return !changes.contains { $0.key == key } }
        let firsts = folder.filter { $0.originNumber == 1 }
        return firsts.count > 1 && !signers.contains(key)
    }

    /// Believes the key that a believed key has vouched for: it signed the record that names it.
    mutating func follow(_ notes: [(key: VerifierKey, size: Int64)]) {
        for change in changes where change.kind == .rotated && !trusted.contains(change.key) {
            let isVouched = notes.contains { note in
                trusted.contains(note.key) && note.size > change.seq
            }
            if isVouched { trusted.append(change.key) }
        }
    }

    /// Whether a key that is not believed may have signed while the log had fewer records.
    ///
    /// A record below that size names it; the first key is named by none, so that it is known only
    /// to whoever holds no other first key.
    func isOfPast(_ key: VerifierKey, before size: Int64) -> Bool {
        guard !outside.isEmpty else { return false }
        if key.originNumber == 1 { return !trusted.contains { $0.originNumber == 1 } }
        return changes.contains { $0.key == key && $0.seq < size }
    }

    /// The first record that ended the time of a key.
    func end(of key: VerifierKey) -> KeyChange? {
        changes.first { $0.key.originNumber > key.originNumber }
    }
}
