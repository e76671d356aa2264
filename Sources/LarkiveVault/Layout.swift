internal import CLinux
internal import LarkiveCore

/// The folders of an archive, and STATE beside it.
struct Layout: Sendable {
    static let folders = ["objects", "staging", "quarantine", "audit"]
    static let auditFolders = ["tlog", "inbox"]
    /// Files that are opened by their path or written over: looked at before.
    private static let fixedFiles = [
        ArchiveIdentity.fileName, SQLiteManifest.fileName, "\(SQLiteManifest.fileName)-journal",
        VaultLock.fileName,
    ]

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

    /// Opens an archive for looking: links and other mounts are refused, all else is for `verify`.
    static func open(_ path: String) throws -> Layout {
        try parts(of: try root(path))
    }

    /// Opens an archive for its owner, who alone may write into it, and looks at what is fixed.
    ///
    /// Whatever else is opened later is looked at when it is opened.
    static func openForWriting(_ path: String, _ rules: VaultRules) throws -> Layout {
        let guarded = try ownRoot(path, rules)
        try makeEmptyFolders(in: guarded)
        let layout = try parts(of: guarded)
        try check(guarded, layout.audit)
        return layout
    }

    /// Throws what ``openForWriting(_:_:)`` would be refused with, and makes nothing.
    static func look(_ path: String, _ rules: VaultRules) throws {
        let guarded = try ownRoot(path, rules)
        func part(_ name: String, of folder: Directory) throws -> Directory? {
            do {
                return try folder.directory(name)
            } catch {
                guard error.isMissing, isMadeAgain(name) else { throw lost(error) }
                return nil
            }
        }
        _ = try folders.map { try part($0, of: guarded) }
        guard let audit = try part("audit", of: guarded) else { return }
        _ = try part("inbox", of: audit)
        try check(guarded, audit)
    }

    private static func ownRoot(_ path: String, _ rules: VaultRules) throws -> Directory {
        let root = try root(path)
        try checkOwner(of: root)
        try root.fileSystem().check(path, rules)
        return try root.guarded()
    }

    private static func check(_ root: Directory, _ audit: Directory) throws {
        do {
            _ = try audit.directory("tlog")
        } catch { throw lost(error) }
        for name in fixedFiles { try root.check(name) }
        try audit.check(JournalFile.name)
    }

    private static func isMadeAgain(_ name: String) -> Bool {
        ["staging", "quarantine", "inbox"].contains(name)
    }

    /// Makes again what holds nothing that could be lost: no backup needs to have it, and many ways
    /// of copying leave empty folders out.
    private static func makeEmptyFolders(in root: Directory) throws {
        guard let audit = try? root.directory("audit"), let objects = try? root.directory("objects")
        else { return }
        for (folder, name) in [(root, "staging"), (root, "quarantine"), (audit, "inbox")]
        where try folder.look(at: name) == nil {
            _ = try folder.makeDirectory(name)
        }
        let shards = Set(try objects.names())
        for index in 0..<256 where !shards.contains(DiskObjectStore.shardName(index)) {
            _ = try objects.makeDirectory(DiskObjectStore.shardName(index))
        }
    }

    /// Removes what a run that died has left; what is no file goes to quarantine.
    func emptyStaging(at now: Timestamp) throws(DiskError) {
        for name in try staging.names() {
            let isFolder =
                try staging.look(at: name).map { $0.regular == 0 && $0.link == 0 } ?? false
            guard isFolder else {
                try staging.remove(name)
                continue
            }
            // Not under its own name, which may leave no room for anything else.
            let kept = try quarantine.freeName("staging.\(now.milliseconds)")
            try staging.moveWithoutReplacing(name, to: quarantine, as: kept)
        }
    }

    /// The folder of an archive, whatever it lacks.
    static func root(_ path: String) throws -> Directory {
        let root: Directory
        do {
            root = try Directory.open(path)
            guard try root.contents(ArchiveIdentity.fileName) != nil else {
                throw try missing(root)
            }
        } catch let failure as DiskError {
            throw try unreachable(failure, path)
        }
        return root
    }

    private static func parts(of root: Directory) throws -> Layout {
        do {
            return try Layout(root: root)
        } catch { throw lost(error) }
    }

    private static func lost(_ failure: DiskError) -> VaultError {
        guard failure.isMissing else { return VaultError(failure) }
        return VaultError(
            failure.path.contains("/audit") ? .auditDamaged : .damaged,
            "\(failure.path) is missing",
            hint: isMadeAgain(failure.path.split(separator: "/").last.map(String.init) ?? "")
                ? "it holds nothing that could be lost, and is made again: larkive rebuild"
                : "put it back from a backup"
        )
    }

    /// An archive that cannot be reached is not one that is missing.
    private static func unreachable(_ failure: DiskError, _ path: String) throws -> VaultError {
        if failure.isMissing { return none(in: path, hint: "make one: larkive init \(path)") }
        guard failure.isForbidden, lk_owner() != 0 else { return VaultError(failure) }
        var found = lk_stat()
        let owner = lk_stat_path(path, &found) == 0 ? "'#\(found.owner)'" : "OWNER"
        return VaultError(
            .notOwner,
            "\(failure.path) cannot be read by user id \(lk_owner())",
            hint: "run it as the archive's owner: sudo -u \(owner) larkive ..."
        )
    }

    private static func missing(_ root: Directory) throws(DiskError) -> VaultError {
        let isPart = try root.look(at: "audit") != nil
        return none(
            in: root.path,
            hint: isPart
                ? "\(ArchiveIdentity.fileName) is lost: put it back from a backup"
                : "make one: larkive init \(root.path)"
        )
    }

    private static func none(in path: String, hint: String) -> VaultError {
        VaultError(.noArchive, "there is no archive in \(path)", hint: hint)
    }

    /// Files that root or another user makes would keep the owner from its own archive.
    static func checkOwner(of root: Directory) throws {
        let owner = try root.stat().owner
        guard owner == lk_owner() else {
            throw VaultError(
                .notOwner,
                "the archive belongs to user id \(owner)",
                hint: "run it as the owner: sudo -u '#\(owner)' larkive ..."
            )
        }
    }

    var manifestPath: String { root.path(SQLiteManifest.fileName) }
}
