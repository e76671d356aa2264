import CLinux
import FoundationEssentials
import LarkiveCore
import LarkiveVault
import SystemPackage

/// `--owner`: another user of this machine, for whom files are written.
struct Owner {
    let name: String?

    init(named name: String?) { self.name = name }

    /// Throws where there is no such user, and where this process may not write for others.
    func recipient() throws(UsageError) -> Recipient {
        guard let name else { return .oneself }
        guard let found = Recipient(named: name) else {
            throw UsageError("--owner: this machine has no user `\(name)`")
        }
        guard found.mayBeServed else {
            throw UsageError(
                "--owner: only root can write files for `\(name)`",
                hint: "start it as root: sudo larkive restore ... --owner \(name)"
            )
        }
        return found
    }

    /// Turns root's program into one of the archive's owner, who alone may record what it does; of
    /// root's rights only that of writing as others is kept.
    ///
    /// To be called while there is one thread. What is wrong with the config is told later, by the
    /// command itself, but for one that root should not trust.
    func takeArchive(_ options: CommonOptions) throws(UsageError) {
        guard name != nil, lk_owner() == 0 else { return }
        guard let archive = try archive(options) else { return }
        var found = lk_stat()
        guard lk_stat_path(archive, &found) == 0, found.owner != 0 else { return }
        var group = found.owner
        _ = lk_user_of(found.owner, &group)
        let result = lk_become(found.owner, group)
        guard result == 0 else {
            throw UsageError(
                "cannot become user id \(found.owner), who owns the archive: "
                    + "\(Errno(rawValue: -result))",
                exitCode: .unclassified
            )
        }
    }

    /// Nil where there is no config that could be read.
    private func archive(_ options: CommonOptions) throws(UsageError) -> String? {
        let environment = ProcessInfo.processInfo.environment
        guard let file = try? ConfigFile.find(given: options.config, environment: environment)
        else { return nil }
        // One that root has named is trusted like the archive that it names; one that was found in
        // some folder only when it is root's.
        if options.config == nil, environment["LARKIVE_CONFIG"] == nil {
            try Trust.checkOwner(of: file.path)
        }
        guard let data = FileManager.default.contents(atPath: file.path) else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        return try? ConfigReader(path: file.path, folder: file.folder).read(text).archive
    }
}
