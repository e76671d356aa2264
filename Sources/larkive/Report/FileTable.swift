import LarkiveCore
import LarkiveVault

/// Rows as `find` prints them: the number first, which is what people type.
struct FileTable {
    /// Into a file no column is made wider for the sake of one long text.
    private static let widest = 60
    /// Below these the columns of text are not cut.
    private static let least = (name: 16, other: 12)

    /// How wide each column is, and whether longer texts are cut.
    struct Layout {
        fileprivate var widths: [Int]
        fileprivate let isCut: Bool
    }

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

    /// Without a number of columns nothing is cut.
    func layout(columns: Int?) -> Layout {
        var widths = (0..<6).map { column in cells.map { Terminal.width($0[column]) }.max() ?? 0 }
        if let columns {
            narrow(&widths, to: columns)
        } else {
            widths = widths.map { min($0, Self.widest) }
        }
        return Layout(widths: widths, isCut: columns != nil)
    }

    func lines(in layout: Layout) -> [String] {
        let rows = cells.map { line in
            layout.isCut ? zip(line, layout.widths).map { Terminal.cut($0, to: $1) } : line
        }
        return Columns(rows: rows, right: [0, 2], widths: layout.widths).lines
    }

    /// The name and who sent it give way, each down to its share.
    private func narrow(_ widths: inout [Int], to columns: Int) {
        let others = widths[0] + widths[1] + widths[2] + widths[5] + 5 * Columns.gap.count
        let room = columns - others
        guard widths[3] + widths[4] > room else { return }
        let share = max(Self.least.name, room * 3 / 5)
        let name = min(widths[3], max(share, room - widths[4]))
        widths[4] = min(widths[4], max(Self.least.other, room - name))
        widths[3] = name
    }
}
