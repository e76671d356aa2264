internal import LarkiveCore
@_spi(_Unicode) internal import Swift

/// Where each attachment stands in the payload of a bag.
///
/// What hung on one message or task stands in one folder: `data/mail/<mailbox>/<day>-<number>/` or
/// `data/tasks/<number>/`, by the lowest number of an attachment in it. Names are composed (NFC)
/// and no two in a folder are equal after composing and folding of case, so that the bag survives
/// file systems that change or ignore either. They hold no percent sign: tools disagree on how a
/// manifest writes one.
struct BagLayout {
    /// Folders and name below the bag for each row; nil where there are no bytes.
    private(set) var paths: [[String]?] = []

    private struct Family: Hashable {
        let mailbox: String?
        let id: String
    }

    init(_ rows: [FileRow]) {
        let families = rows.map(Self.family)
        var folders: [Family: [String]] = [:]
        for (row, family) in zip(rows, families).sorted(by: { $0.0.id < $1.0.id })
        where folders[family] == nil {
            folders[family] = Self.folder(of: row, family)
        }
        let shared = Self.sharedNames(rows, families)
        var taken: [String: ContentDigest] = [:]
        for (row, family) in zip(rows, families) {
            guard let digest = row.sha256, let folder = folders[family] else {
                paths.append(nil)
                continue
            }
            var name = Self.name(row.name)
            if shared[family]?.contains(Self.folded(name)) ?? false {
                name = Self.name(row.name, distinguishing: digest)
            }
            let place = { Self.folded((folder + [$0]).joined(separator: "/")) }
            // The same bytes under one name are written once, for all that are called so.
            if let other = taken[place(name)], other != digest {
                name = Self.name("\(row.id)@\(row.version) \(row.name)", distinguishing: digest)
            }
            taken[place(name)] = digest
            paths.append(folder + [name])
        }
    }

    private static func family(of row: FileRow) -> Family {
        Family(
            mailbox: row.json["mailbox"]?.string,
            id: row.json["message_id"]?.string ?? row.json["task_guid"]?.string ?? ""
        )
    }

    private static func folder(of row: FileRow, _ family: Family) -> [String] {
        guard let mailbox = family.mailbox else { return ["data", "tasks", String(row.id)] }
        let day = row.date.map { String($0.description.prefix(10)) } ?? "undated"
        return ["data", "mail", name(mailbox), "\(day)-\(row.id)"]
    }

    /// Names that stand for different bytes in one family.
    private static func sharedNames(
        _ rows: [FileRow],
        _ families: [Family]
    ) -> [Family: Set<String>] {
        var first: [Family: [String: ContentDigest]] = [:]
        var shared: [Family: Set<String>] = [:]
        for (row, family) in zip(rows, families) {
            guard let digest = row.sha256 else { continue }
            let name = folded(name(row.name))
            if let other = first[family]?[name], other != digest {
                shared[family, default: []].insert(name)
            }
            first[family, default: [:]][name] = digest
        }
        return shared
    }

    static func name(_ text: String, distinguishing digest: ContentDigest? = nil) -> String {
        let safe = SafeName.make(composed(text), distinguishing: digest)
        return composed(safe.replacing("%", with: "_"))
    }

    private static func composed(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text._nfc)
        return String(scalars)
    }

    /// Equal for names that some file system takes for one; texts compare by canonical equivalence.
    private static func folded(_ name: String) -> String { name.uppercased().lowercased() }
}
