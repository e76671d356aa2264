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

/// Which bytes are written under which names, as far as all of it has to be known at once.
struct RestorePlan {
    struct File {
        let row: FileRow
        let digest: ContentDigest
        /// Safe names, folders first.
        let path: [String]
        /// The attachments whose bytes these are, with their names on the platform.
        let rows: [FileRow]
    }

    private struct Slot {
        let digest: ContentDigest
        let path: [String]
        var files: [FileVersion]
    }

    private var slots: [Slot] = []
    /// What should be in the archive and is not.
    private(set) var missing: [FileVersion] = []

    init(_ files: [FileVersion], _ layout: RestoreLayout, in manifest: SQLiteManifest) throws {
        var wishes: [(file: FileVersion, wish: NamePlan.Wish)] = []
        try manifest.forEachPage(of: files) { rows in
            for row in rows {
                let file = FileVersion(row)
                guard let digest = row.sha256 else {
                    missing.append(file)
                    continue
                }
                let folders = layout.folders(of: row)
                let wish = NamePlan.Wish(folders: folders, name: row.name, digest: digest)
                wishes.append((file, wish))
            }
        }
        place(wishes)
    }

    private mutating func place(_ wishes: [(file: FileVersion, wish: NamePlan.Wish)]) {
        let plan = NamePlan(wishes.lazy.map(\.wish), reserved: [RestoreFolder.list])
        var taken: [[String]: Int] = [:]
        for (file, wish) in wishes {
            let path = plan.path(of: wish)
            if let place = taken[path] {
                slots[place].files.append(file)
            } else {
                taken[path] = slots.count
                slots.append(Slot(digest: wish.digest, path: path, files: [file]))
            }
        }
    }

    var count: Int { slots.count }

    /// Some of the files, with what the manifest says of them now.
    func files(at places: Range<Int>, in manifest: SQLiteManifest) throws -> [File] {
        let slots = slots[places.clamped(to: 0..<slots.count)]
        let rows = try manifest.rows(of: slots.flatMap(\.files))
        let known = Dictionary(rows.map { (FileVersion($0), $0) }) { first, _ in first }
        return slots.compactMap { slot in
            let rows = slot.files.compactMap { known[$0] }
            return rows.first.map { row in
                File(row: row, digest: slot.digest, path: slot.path, rows: rows)
            }
        }
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
    /// Why the audit log could not be asked whether these are the attachment's bytes.
    var unproven: VaultError?

    init(_ file: RestorePlan.File, isNew: Bool, unproven: VaultError? = nil) {
        (row, digest, path) = (file.row, file.digest, file.path)
        self.isNew = isNew
        self.unproven = unproven
    }

    /// What is not in the archive cannot be given back.
    init(missing row: FileRow) {
        self.row = row
        failure = "is not in the archive: \(Self.words(row.state))"
        code = .partial
    }

    init(_ file: RestorePlan.File, _ error: any Error, isLost: Bool = false) {
        self.init(file, isNew: false)
        if let store = error as? StoreError, case .damaged(let digest) = store.kind {
            failure = "\(store.detail); \(Self.advice(on: digest, isLost: isLost))"
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

    static func advice(on digest: ContentDigest, isLost: Bool) -> String {
        isLost
            ? "nobody has its bytes any more: larkive problems"
            : "see whether it can be healed: larkive repair sha256:\(digest.hex.prefix(12))"
    }

    /// A run may have gone on since it was looked up.
    private static func words(_ state: String) -> String {
        switch state {
        case "held": "it came this moment; restore it again"
        case "wanted": "wanted, and not downloaded yet; the next run fetches it: larkive sync"
        case "failed": "failed; see why: larkive problems"
        default: "\(state); see why: larkive show"
        }
    }
}
