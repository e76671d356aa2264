internal import LarkiveCore
@_spi(_Unicode) internal import Swift

/// Where the attachments of one message or task stand in the payload of a bag: in one folder,
/// `data/mail/<mailbox>/<day>-<number>/` or `data/tasks/<number>/`, by the lowest of their numbers.
///
/// Names are composed (NFC) and no two in a folder are equal after composing and folding of case, so
/// that the bag survives file systems that change or ignore either; the same bytes under one name
/// are one file. They hold no percent sign: tools disagree on how a manifest writes one.
struct BagLayout {
    /// Folders and name below the bag for each row; nil where there are no bytes.
    let paths: [[String]?]

    /// `rows` are of one message or task, by their numbers.
    init(_ rows: [FileRow]) {
        let folders = rows.first.map(Self.folders) ?? []
        let wishes = rows.map { row in
            row.sha256.map { digest in
                NamePlan.Wish(folders: folders, name: Self.plain(row.name), digest: digest)
            }
        }
        let plan = NamePlan(wishes.compactMap(\.self))
        paths = wishes.map { $0.map(plan.path) }
    }

    private static func folders(_ first: FileRow) -> [String] {
        guard let mailbox = first.json["mailbox"]?.string else {
            return ["data", "tasks", String(first.id)]
        }
        let day = first.date?.date.description ?? "undated"
        return ["data", "mail", SafeName.folder(plain(mailbox)), "\(day)-\(first.id)"]
    }

    /// Composed, and without percent signs.
    static func plain(_ name: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: name._nfc)
        return String(scalars).replacing("%", with: "_")
    }
}
