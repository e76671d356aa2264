import LarkiveVault

/// Rows as `find` prints them: the number first, which is what people type.
struct FileTable {
    private static let gap = "  "
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
                Terminal.escaped(row.name), Terminal.escaped(row.from ?? row.subject ?? ""),
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
        cells.map { line in
            let padded = zip(line, layout.widths).enumerated().map { column, cell in
                let text = layout.isCut ? Terminal.cut(cell.0, to: cell.1) : cell.0
                let space = String(repeating: " ", count: max(0, cell.1 - Terminal.width(text)))
                return column == 0 || column == 2 ? space + text : text + space
            }
            return Self.trimmed(padded.joined(separator: Self.gap))
        }
    }

    /// The name and who sent it give way, each down to its share.
    private func narrow(_ widths: inout [Int], to columns: Int) {
        let others = widths[0] + widths[1] + widths[2] + widths[5] + 5 * Self.gap.count
        let room = columns - others
        guard widths[3] + widths[4] > room else { return }
        let share = max(Self.least.name, room * 3 / 5)
        let name = min(widths[3], max(share, room - widths[4]))
        widths[4] = min(widths[4], max(Self.least.other, room - name))
        widths[3] = name
    }

    private static func trimmed(_ line: String) -> String {
        guard let last = line.lastIndex(where: { $0 != " " }) else { return "" }
        return String(line[...last])
    }
}
