internal import CLinux

/// STATE: the signing key and the newest note, outside the archive and for its owner alone.
enum StateDirectory {
    /// A run that has just ended may not have let go of it.
    private static let looks = 20
    private static let pauseMilliseconds: UInt32 = 20

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

    /// As ``open(_:)``, for a run: locked as long as the folder is open.
    ///
    /// Two copies of an archive have one id, and by default one STATE: two runs would sign two
    /// histories with one key.
    static func take(_ path: String) throws -> Directory {
        let folder = try open(path)
        for look in 1...looks {
            if let locked = try folder.locked() { return locked }
            if look < looks { _ = lk_pause(pauseMilliseconds) }
        }
        throw VaultError(
            .locked,
            "another run uses \(path)",
            hint: "wait for it to end; a copy of an archive needs a `state:` of its own"
        )
    }

    private static func unusable(_ failure: DiskError, _ path: String) -> VaultError {
        if let refusal = failure.refusal {
            return VaultError(.keyMissing, failure.description, hint: refusal.hint)
        }
        guard failure.isMissing else { return VaultError(failure) }
        return VaultError(
            .keyMissing,
            "there is no signing key in \(path)",
            hint: KeyFile.restore
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
