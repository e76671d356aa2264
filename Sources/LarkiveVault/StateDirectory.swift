internal import CLinux

/// STATE: the signing key and the newest note, outside the archive and for its owner alone.
enum StateDirectory {
    /// Opens it; a folder into which others may write could be given another key.
    ///
    /// One that cannot be reached is not one that is lost, and says so.
    static func open(_ path: String) throws(VaultError) -> Directory {
        let (folder, owner): (Directory, UInt32)
        do {
            folder = try Directory.open(path).guarded()
            owner = try folder.stat().owner
        } catch { throw unusable(error, path) }
        guard owner == lk_owner() else { throw VaultError.foreign(path, owner) }
        return folder
    }

    private static func unusable(_ failure: DiskError, _ path: String) -> VaultError {
        guard failure.isMissing else {
            let hint = failure.refusal?.hint ?? "larkive must be able to read and write STATE"
            return VaultError(.keyMissing, failure.description, hint: hint)
        }
        return VaultError(
            .keyMissing,
            "there is no signing key in \(path)",
            hint: "check `state:` in the config, or restore STATE"
        )
    }
}

extension VaultError {
    fileprivate static func foreign(_ path: String, _ owner: UInt32) -> VaultError {
        VaultError(
            .notOwner,
            "\(path) belongs to user id \(owner)",
            hint: "run larkive as that user, or name another folder in `state:`"
        )
    }
}
