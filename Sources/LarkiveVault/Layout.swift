internal import CLinux
internal import LarkiveCore

/// The folders of an archive, and STATE beside it.
struct Layout: Sendable {
    static let folders = ["objects", "staging", "quarantine", "audit"]
    static let auditFolders = ["tlog", "inbox"]

    let root: Directory
    let objects: Directory
    let staging: Directory
    let quarantine: Directory
    let audit: Directory
    let inbox: Directory

    init(root: Directory) throws(DiskError) {
        self.root = root
        objects = try root.directory("objects")
        staging = try root.directory("staging")
        quarantine = try root.directory("quarantine")
        audit = try root.directory("audit")
        inbox = try audit.directory("inbox")
    }

    static func open(_ path: String) throws -> Layout {
        let root: Directory
        do {
            root = try Directory.open(path)
        } catch { throw missing(path) }
        guard try root.contents(ArchiveIdentity.fileName) != nil else { throw missing(path) }
        do {
            return try Layout(root: root)
        } catch { throw lost(error) }
    }

    private static func lost(_ failure: DiskError) -> VaultError {
        guard failure.isMissing else { return VaultError(failure) }
        return VaultError(
            failure.path.contains("/audit") ? .auditDamaged : .damaged,
            "\(failure.path) is missing",
            hint: "put it back from a backup"
        )
    }

    private static func missing(_ path: String) -> VaultError {
        let isPart = (try? Directory.open(path).directory("audit")) != nil
        return VaultError(
            .noArchive,
            "there is no archive in \(path)",
            hint: isPart
                ? "\(ArchiveIdentity.fileName) is lost: put it back from a backup"
                : "make one: larkive init \(path)"
        )
    }

    var manifestPath: String { root.path(SQLiteManifest.fileName) }
}

extension Directory {
    func owner() throws(DiskError) -> UInt32 {
        var found = lk_stat()
        try checked(lk_stat_fd(descriptor, &found), "stat", path)
        return found.owner
    }
}
