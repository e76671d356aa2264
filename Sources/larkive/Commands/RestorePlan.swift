import LarkiveCore
import LarkiveVault

/// Which bytes are written under which names.
///
/// Names that are equal but for case and form all get the beginning of their digest; the same
/// bytes under one name are written once.
struct RestorePlan {
    struct File {
        let row: FileRow
        let digest: ContentDigest
        let name: String
    }

    let files: [File]

    init(_ rows: [FileRow]) throws(UsageError) {
        var contents: [String: Set<ContentDigest>] = [:]
        for row in rows {
            guard let digest = row.sha256 else {
                throw UsageError(
                    "\(row.key) is not in the archive: \(row.state)",
                    hint: "see why: larkive problems",
                    exitCode: .partial
                )
            }
            contents[Self.folded(row.name), default: []].insert(digest)
        }
        var (files, seen) = ([File](), Set<String>())
        for row in rows {
            guard let digest = row.sha256 else { continue }
            let isShared = (contents[Self.folded(row.name)]?.count ?? 0) > 1
            let name = SafeName.make(row.name, distinguishing: isShared ? digest : nil)
            if seen.insert(name).inserted {
                files.append(File(row: row, digest: digest, name: name))
            }
        }
        self.files = files
    }

    // Swift compares texts by canonical equivalence, so composed and decomposed forms are equal.
    private static func folded(_ name: String) -> String { SafeName.make(name).lowercased() }
}

/// What became of one file.
struct RestoreOutcome {
    let file: RestorePlan.File
    var isNew = false
    var failure: String?
    /// What the failure means for the end of the command.
    var code: LarkiveCore.ExitCode?
    /// Whether the object itself is missing or has other bytes.
    var isObjectDamaged = false
}

extension RestoreOutcome {
    init(_ file: RestorePlan.File, _ error: VaultError) {
        let code: LarkiveCore.ExitCode =
            switch error.kind {
            case .noSpace, .notWritable: .space
            case .damaged: .damaged
            default: .partial
            }
        self.init(
            file: file,
            failure: [error.detail, error.hint].compactMap { $0 }.joined(separator: "; "),
            code: code
        )
    }
}
