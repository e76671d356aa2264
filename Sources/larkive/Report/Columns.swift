/// Cells that stand below each other, whatever script they are in.
struct Columns {
    let rows: [[String]]
    /// Columns that end together instead of beginning together.
    var right: Set<Int> = []

    /// Lines without spaces at their ends.
    var lines: [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? Terminal.width($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { line($0, widths) }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = cells.enumerated().map { column, cell in
            let space = String(repeating: " ", count: widths[column] - Terminal.width(cell))
            return right.contains(column) ? space + cell : cell + space
        }
        let line = padded.joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }
}
