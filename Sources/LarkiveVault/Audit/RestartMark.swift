internal import LarkiveCore

/// `restart` in STATE: a restart of the log has changed something and is not at its end.
///
/// It keeps what the restart knew of the former log, since what told it may be set aside by then.
struct RestartMark: Equatable {
    static let name = "restart"

    let key: VerifierKey
    let former: KeyChange.Former?

    init(key: VerifierKey, former: KeyChange.Former?) {
        self.key = key
        self.former = former
    }

    /// The key; then, when they are known, the size and the root that had been signed, and the number
    /// of the key that says so where the log does not know it.
    private init?(_ text: String) {
        let lines = text.split(separator: "\n").map(String.init)
        guard let key = lines.first.flatMap({ VerifierKey($0) }) else { return nil }
        let root = lines.dropFirst(2).first.flatMap { ContentDigest(hex: $0) }
        let size = lines.dropFirst().first.flatMap { Int64($0) }
            .flatMap { Checkpoint.sizes.contains($0) ? $0 : nil }
        let unknown = lines.dropFirst(3).first.flatMap { Int64($0) }
        self.init(
            key: key,
            former: size.map { KeyChange.Former(size: $0, root: root, unknownKey: unknown) }
        )
    }

    private var text: String {
        let size = former.map { "\($0.size)" }
        let unknown = former?.unknownKey.map { "\($0)" }
        return [key.description, size, former?.root?.hex, unknown].compactMap { $0 }
            .joined(separator: "\n") + "\n"
    }

    func write(to state: Directory) throws(DiskError) {
        try state.replace(Self.name, with: Array(text.utf8))
    }

    /// The mark of a restart that has to be run again; nil once its key has signed.
    static func open(in state: Directory) throws(DiskError) -> RestartMark? {
        guard let bytes = try state.contents(name),
            let mark = RestartMark(String(decoding: bytes, as: UTF8.self))
        else { return nil }
        let seen = String(decoding: try state.contents(NoteShelf.seen) ?? [], as: UTF8.self)
        return seen.hasPrefix("\(mark.key.name)\n") ? nil : mark
    }

    /// Lets nobody write before the restart has been run again.
    static func refuseOpen(in state: Directory) throws {
        if try open(in: state) != nil { throw VaultError.unfinishedRestart }
        // Dying before this leaves the mark of a restart that is done.
        try remove(from: state)
    }

    static func remove(from state: Directory) throws(DiskError) {
        guard try state.look(at: name) != nil else { return }
        try state.remove(name)
        try state.sync()
    }

    static let words = "a restart of the log did not come to its end"
    static let hint = "run it again: larkive audit restart --reason TEXT"
}

extension VaultError {
    static let unfinishedRestart = VaultError(
        .keyMissing,
        RestartMark.words,
        hint: RestartMark.hint
    )
}
