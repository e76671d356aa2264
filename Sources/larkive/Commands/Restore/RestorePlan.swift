import ArgumentParser
import LarkiveCore
import LarkiveVault

/// How files that are given back lie in their folder.
enum RestoreLayout: String, ExpressibleByArgument, CaseIterable {
    case flat
    case bySource = "by-source"
    case byMessage = "by-message"

    /// The folders, of safe names, in which a file lies.
    func folders(of row: FileRow) -> [String] {
        switch self {
        case .flat: []
        case .bySource: [SafeName.folder(row.source)]
        case .byMessage: [SafeName.folder(row.source), Self.item(of: row)]
        }
    }

    /// The message or task: its day and words, and what tells it from others with the same.
    private static func item(of row: FileRow) -> String {
        let id = row.json["message_id"]?.string ?? row.json["task_guid"]?.string ?? row.key
        var digest = StreamDigest()
        digest.append(Array("\(row.source)/\(id)".utf8))
        let words = [row.date?.date.description, row.subject].compactMap { $0 }
        return SafeName.folder(words.joined(separator: " "), distinguishing: digest.finish())
    }
}

/// Which bytes are written under which names.
struct RestorePlan {
    struct File {
        let row: FileRow
        let digest: ContentDigest
        /// Safe names, folders first.
        let path: [String]
        /// The attachments whose bytes these are, with their names on the platform.
        var rows: [FileRow]
    }

    private(set) var files: [File] = []
    /// What should be in the archive and is not.
    let missing: [FileRow]

    init(_ rows: [FileRow], _ layout: RestoreLayout = .flat) {
        missing = rows.filter { $0.sha256 == nil }
        let wishes = rows.compactMap { row in row.sha256.map { Self.wish(row, $0, layout) } }
        let plan = NamePlan(wishes, reserved: [RestoreFolder.list])
        var places: [[String]: Int] = [:]
        for row in rows {
            guard let digest = row.sha256 else { continue }
            let path = plan.path(of: Self.wish(row, digest, layout))
            if let place = places[path] {
                files[place].rows.append(row)
            } else {
                places[path] = files.count
                files.append(File(row: row, digest: digest, path: path, rows: [row]))
            }
        }
    }

    private static func wish(
        _ row: FileRow,
        _ digest: ContentDigest,
        _ layout: RestoreLayout
    ) -> NamePlan.Wish {
        NamePlan.Wish(folders: layout.folders(of: row), name: row.name, digest: digest)
    }
}

/// What became of one file.
struct RestoreOutcome {
    let row: FileRow
    var digest: ContentDigest?
    var path: [String] = []
    var isNew = false
    var failure: String?
    /// What the failure means for the end of the command.
    var code: LarkiveCore.ExitCode?
    /// Whether the object itself is missing or has other bytes.
    var isObjectDamaged = false

    init(_ file: RestorePlan.File, isNew: Bool) {
        (row, digest, path) = (file.row, file.digest, file.path)
        self.isNew = isNew
    }

    /// What is not in the archive cannot be given back.
    init(missing row: FileRow) {
        self.row = row
        failure = "is not in the archive: \(row.state); see why: larkive problems"
        code = .partial
    }

    init(_ file: RestorePlan.File, _ error: any Error) {
        self.init(file, isNew: false)
        if let store = error as? StoreError, case .damaged(let digest) = store.kind {
            let advice = "see whether it can be healed: larkive repair sha256:"
            failure = "\(store.detail); \(advice)\(digest.hex.prefix(12))"
            code = .damaged
            isObjectDamaged = true
            return
        }
        let error = VaultError(error)
        failure = [error.detail, error.hint].compactMap { $0 }.joined(separator: "; ")
        code =
            switch error.kind {
            case .noSpace, .notWritable: .space
            case .damaged: .damaged
            default: .partial
            }
    }
}
