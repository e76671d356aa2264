internal import CLinux
internal import LarkiveCore

/// Looks whether the folders and files of an archive are there, closed to others, and known.
struct LayoutCheck {
    private static let files: Set<String> = [
        ArchiveIdentity.fileName, ArchiveIdentity.fileName + ".new", SQLiteManifest.fileName,
        SQLiteManifest.fileName + "-journal", VaultLock.fileName,
    ]
    private static let auditFiles: Set<String> = [JournalFile.name, JournalFile.name + ".new"]
    /// The top of a file system of its own.
    private static let foreign: Set<String> = ["lost+found"]

    let root: Directory
    private(set) var findings: [Finding] = []
    private var owner: UInt32?

    init(root: Directory) { self.root = root }

    /// Folders that are missing are errors: without them nothing else can be looked at.
    mutating func run() throws(DiskError) {
        owner = try root.stat().owner
        try modes(of: root, "")
        for name in Layout.folders { try folder(name, in: root, "") }
        for name in try root.names() where !Layout.folders.contains(name) {
            guard Self.files.contains(name) else {
                if !Self.foreign.contains(name) { extra(name) }
                continue
            }
            try fileMode(name, in: root, name)
        }
        if try root.contents(VaultLock.fileName) == nil {
            findings.append(
                Finding(.lockMissing, VaultLock.fileName, "missing; the next run makes it again")
            )
        }
        try checkAudit()
        try checkQuarantine()
    }

    private mutating func folder(
        _ name: String,
        in parent: Directory,
        _ prefix: String
    ) throws(DiskError) {
        do {
            try modes(of: try parent.directory(name), prefix + name)
        } catch {
            guard !error.isUnreadable else { throw error }
            // Without events that wait nothing of the log is missing.
            let isLog = (prefix + name).hasPrefix("audit") && name != "inbox"
            let code: Finding.Code = isLog ? .logMissing : .folderMissing
            findings.append(Finding(code, prefix + name, "it is no folder, or is not there"))
        }
    }

    private mutating func modes(of folder: Directory, _ name: String) throws(DiskError) {
        if let finding = try folder.looseMode(name.isEmpty ? "." : name) {
            findings.append(finding)
        }
        checkOwner(try folder.stat(), name)
    }

    /// No run takes what somebody else could change.
    private mutating func checkOwner(_ found: lk_stat, _ subject: String) {
        var refusals: [Refusal] = []
        if let owner, found.owner != owner { refusals.append(.otherOwner(found.owner)) }
        if found.regular != 0, found.links > 1 { refusals.append(.linked(found.links)) }
        for refusal in refusals {
            let detail = "\(refusal.words), so that no run takes it; \(refusal.hint)"
            findings.append(Finding(.fileForeign, subject, detail))
        }
    }

    private mutating func fileMode(
        _ name: String,
        in folder: Directory,
        _ subject: String
    ) throws(DiskError) {
        // What is no plain file is told by who reads it.
        guard let found = try folder.look(at: name), found.regular != 0 else { return }
        checkOwner(found, subject)
        guard found.mode & 0o077 != 0 else { return }
        let mode = String(found.mode, radix: 8)
        findings.append(
            Finding(.fileMode, subject, "mode \(mode): open to others; chmod go= it")
        )
    }

    private mutating func extra(_ name: String) {
        findings.append(Finding(.fileExtra, name, "not a part of an archive"))
    }

    // MARK: audit

    private mutating func checkAudit() throws(DiskError) {
        guard let audit = try? root.directory("audit") else { return }
        for name in Layout.auditFolders { try folder(name, in: audit, "audit/") }
        try checkTree(in: audit)
        for name in try audit.names() where !Layout.auditFolders.contains(name) {
            if name.count == 4, Int(name) != nil, let year = try? audit.directory(name) {
                try checkYear(year, "audit/\(name)")
            } else if Self.auditFiles.contains(name) {
                try fileMode(name, in: audit, "audit/\(name)")
            } else {
                extra("audit/\(name)")
            }
        }
    }

    private mutating func checkTree(in audit: Directory) throws(DiskError) {
        guard let tlog = try? audit.directory("tlog") else { return }
        let tree = TreeLayout(tlog)
        for (path, folder) in tree.folders { try modes(of: folder, "audit/tlog/\(path)") }
        for (path, name, folder) in tree.files {
            try fileMode(name, in: folder, "audit/tlog/\(path)")
        }
        for path in tree.extra { extra("audit/tlog/\(path)") }
    }

    private mutating func checkYear(_ year: Directory, _ path: String) throws(DiskError) {
        try modes(of: year, path)
        for name in try year.names() {
            guard name.count == 2, Int(name) != nil, let month = try? year.directory(name) else {
                extra("\(path)/\(name)")
                continue
            }
            try modes(of: month, "\(path)/\(name)")
            for file in try month.names() {
                let subject = "\(path)/\(name)/\(file)"
                let digits = file.prefix(9)
                guard file.hasSuffix(".jsonl.gz"), file.count == 18, Int(digits) != nil else {
                    extra(subject)
                    continue
                }
                try fileMode(file, in: month, subject)
            }
        }
    }

    private mutating func checkQuarantine() throws(DiskError) {
        guard let quarantine = try? root.directory("quarantine") else { return }
        let names = try quarantine.names()
        guard !names.isEmpty else { return }
        findings.append(
            Finding(
                .quarantined,
                "quarantine",
                (names.count == 1 ? "1 file was" : "\(names.count) files were")
                    + " set aside; larkive never deletes what lies there"
            )
        )
    }

    mutating func checkStaging() throws(DiskError) {
        guard let staging = try? root.directory("staging") else { return }
        let names = try staging.names().filter { !LookName.isOne($0) }
        guard !names.isEmpty, try !VaultLock.isHeld(in: root) else { return }
        findings.append(
            Finding(
                .stagingLeft,
                "staging",
                (names.count == 1 ? "1 file" : "\(names.count) files")
                    + " of a run that died; the next one removes what lies there"
            )
        )
    }
}
