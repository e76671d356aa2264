internal import LarkiveCore

/// The signing key in STATE, and the one that is to follow it.
enum KeyFile {
    static let name = "key"
    /// Made before anything speaks of it, and renamed when it has signed.
    static let next = "key.next"

    /// The key under that name; nil when there is none.
    static func read(_ name: String, in state: Directory) throws -> SigningKey? {
        guard let file = try open(name, in: state) else { return nil }
        guard try file.mode() & 0o077 == 0 else {
            throw VaultError(
                .keyMissing,
                "\(file.path) can be read by others",
                hint: "chmod 600 \(file.path)"
            )
        }
        guard let key = SigningKey(file: try file.readAll()) else {
            throw VaultError(.keyMissing, "\(file.path) is not a key", hint: restore)
        }
        return key
    }

    private static func open(_ name: String, in state: Directory) throws -> File? {
        do {
            return try state.file(name, .reading)
        } catch {
            if error.isMissing { return nil }
            guard let refusal = error.refusal else { throw error }
            throw VaultError(.keyMissing, error.description, hint: refusal.hint)
        }
    }

    static let restore =
        "check `state:` in the config, or put STATE back from a backup; if it is lost: "
        + "larkive audit restart --reason TEXT"

    static func makeNext(in state: Directory) throws -> SigningKey {
        let key = SigningKey.made()
        try state.replace(next, with: key.file.reveal())
        return key
    }
}

extension NoteShelf {
    /// Puts the following key in the place of the former one.
    func makeKeyCurrent() throws(AuditError) {
        do {
            try state.move(KeyFile.next, to: state, as: KeyFile.name)
            try state.sync()
            try RestartMark.remove(from: state)
        } catch { throw error.asAuditError }
    }
}
