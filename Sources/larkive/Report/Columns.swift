/// Cells that stand below each other, whatever script they are in.
struct Columns {
    let rows: [[String]]
    /// Columns that end together instead of beginning together.
    var right: Set<Int> = []
    /// How wide the columns are, where that is decided elsewhere; longer cells stick out.
    var widths: [Int]?

    static let gap = "  "

    /// Lines without spaces at their ends.
    var lines: [String] {
        let widths = widths ?? widest
        return rows.map { line($0, widths) }
    }

    private var widest: [Int] {
        (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.map { column < $0.count ? Terminal.width($0[column]) : 0 }.max() ?? 0
        }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = cells.enumerated().map { column, cell in
            let room = max(0, widths[column] - Terminal.width(cell))
            let space = String(repeating: " ", count: room)
            return right.contains(column) ? space + cell : cell + space
        }
        let line = padded.joined(separator: Self.gap)
        let end = line.utf8.lastIndex { $0 != UInt8(ascii: " ") }
        return end.map { String(line[..<line.utf8.index(after: $0)]) } ?? ""
    }
}
