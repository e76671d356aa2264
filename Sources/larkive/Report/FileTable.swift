import LarkiveCore
import LarkiveVault

/// Rows as `find` prints them: the number first, which is what people type.
struct FileTable {
    /// Into a file no column is made wider for the sake of one long text.
    private static let widest = 60
    /// Below these the columns of text are not cut.
    private static let least = (name: 16, other: 12)

    private let cells: [[String]]

    init(_ rows: [FileRow]) {
        cells = rows.map { row in
            [
                row.isOlder ? "\(row.id)@\(row.version)" : String(row.id),
                row.date.map(LocalTime.text) ?? "-", row.size.map(Figures.bytes) ?? "-",
                row.name.shown, (row.from ?? row.subject ?? "").shown,
                row.vanished != nil ? "vanished" : row.state == "held" ? "" : row.state,
            ]
        }
    }

    /// How wide these rows would like the columns to be.
    var widths: [Int] {
        (0..<6).map { column in cells.map { Terminal.width($0[column]) }.max() ?? 0 }
    }

    func lines(in layout: Layout) -> [String] {
        let rows = cells.map { line in
            layout.shown.map { column, width in
                layout.isCut ? Terminal.cut(line[column], to: width) : line[column]
            }
        }
        let right = layout.shown.indices.filter { [0, 2].contains(layout.shown[$0].column) }
        return Columns(rows: rows, right: Set(right), widths: layout.shown.map(\.width)).lines
    }
}

extension FileTable {
    /// Which columns are shown, how wide each is, and whether longer texts are cut.
    struct Layout {
        typealias Shown = (column: Int, width: Int)

        let shown: [Shown]
        let isCut: Bool

        /// For a file: nothing is cut.
        init(_ widths: [Int]) {
            shown = widths.map { min($0, FileTable.widest) }.enumerated()
                .map { (column: $0, width: $1) }
            isCut = false
        }

        /// For a terminal: who sent it goes first where there is no room, then size and date.
        init(_ widths: [Int], fitting columns: Int) {
            let orders = [[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 5], [0, 1, 3, 5], [0, 3, 5]]
                .map { $0.filter { $0 != 5 || widths[5] > 0 } }
            let kept = orders.first { Self.least($0, widths) <= columns } ?? [0, 3]
            var widths = widths
            Self.narrow(&widths, of: kept, to: columns)
            shown = kept.map { (column: $0, width: widths[$0]) }
            isCut = true
        }

        private static func least(_ kept: [Int], _ widths: [Int]) -> Int {
            let least = [3: FileTable.least.name, 4: FileTable.least.other]
            return kept.map { min(widths[$0], least[$0] ?? .max) }.reduce(0, +)
                + (kept.count - 1) * Columns.gap.count
        }

        /// The name and who sent it give way, each down to its share.
        private static func narrow(_ widths: inout [Int], of kept: [Int], to columns: Int) {
            let gaps = (kept.count - 1) * Columns.gap.count
            let others = kept.filter { $0 != 3 && $0 != 4 }.map { widths[$0] }.reduce(gaps, +)
            let room = max(1, columns - others)
            let sender = kept.contains(4) ? widths[4] : 0
            guard widths[3] + sender > room else { return }
            let share = sender == 0 ? room : max(FileTable.least.name, room * 3 / 5)
            let name = min(widths[3], max(share, room - sender))
            widths[4] = min(sender, max(0, room - name))
            widths[3] = name
        }
    }
}
