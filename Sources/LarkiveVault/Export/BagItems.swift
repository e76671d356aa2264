internal import LarkiveCore

/// What a bag is asked to hold, as far as all of it has to be known at once.
///
/// Some hundred bytes for each attachment; their rows are read again when they are handed out.
struct BagItems {
    struct Item {
        let file: FileVersion
        let digest: ContentDigest?
        let home: Int
    }

    /// On what attachments hang: ids of messages are unique in their mailbox, guids of tasks
    /// everywhere.
    struct Home: Hashable {
        /// The source; nil for tasks.
        let mailbox: String?
        let id: String

        init(mailbox: String?, id: String) {
            (self.mailbox, self.id) = (mailbox, id)
        }

        init(_ row: FileRow) {
            let task = row.json["task_guid"]?.string
            self.init(
                mailbox: task == nil ? row.source : nil,
                id: task ?? row.json["message_id"]?.string ?? ""
            )
        }
    }

    /// By number and version.
    private let items: [Item]
    /// Places of items that hang together stand together, by the first of them.
    private let byHome: [Int]
    /// Where those of each home begin in `byHome`, and behind the last of them its end.
    private let starts: [Int]
    private let numbers: [Home: Int]
    /// What all of it takes.
    let bytes: Int64

    init(_ files: [FileVersion], in manifest: SQLiteManifest) throws {
        var (items, numbers, bytes) = ([Item](), [Home: Int](), Int64(0))
        try manifest.forEachPage(of: files.sorted()) { rows in
            for row in rows {
                let home = Home(row)
                let number = numbers[home] ?? numbers.count
                numbers[home] = number
                items.append(Item(file: FileVersion(row), digest: row.sha256, home: number))
                bytes += row.sha256 == nil ? 0 : row.size ?? 0
            }
        }
        (self.items, self.numbers, self.bytes) = (items, numbers, bytes)
        let byHome = items.indices.sorted { (items[$0].home, $0) < (items[$1].home, $1) }
        self.byHome = byHome
        let starts = byHome.indices.filter {
            $0 == 0 || items[byHome[$0]].home != items[byHome[$0 - 1]].home
        }
        self.starts = starts + [items.count]
    }

    var indices: Range<Int> { items.indices }
    var homes: Range<Int> { 0..<numbers.count }
    var attachments: [Int64] { items.map(\.file.attachment) }

    subscript(place: Int) -> Item { items[place] }

    /// Places of what hangs on a message or task.
    func places(of home: Home) -> ArraySlice<Int> { numbers[home].map { places(ofHome: $0) } ?? [] }

    func places(ofHome number: Int) -> ArraySlice<Int> {
        byHome[starts[number]..<starts[number + 1]]
    }

    /// Places of all versions of an attachment.
    func places(of attachment: Int64) -> Range<Int> {
        let first = firstPlace(from: attachment)
        return first..<max(first, firstPlace(from: attachment + 1))
    }

    func place(of file: FileVersion) -> Int? {
        places(of: file.attachment).first { items[$0].file == file }
    }

    /// By halving.
    private func firstPlace(from attachment: Int64) -> Int {
        var (low, high) = (0, items.count)
        while low < high {
            let middle = (low + high) / 2
            if items[middle].file.attachment < attachment {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
