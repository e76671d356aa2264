internal import FoundationEssentials
internal import GRDB
package import LarkiveCore

extension SQLiteManifest {
    /// Every row of every table that is folded from the log, as one JSON object each, in an order
    /// that depends on nothing but the rows.
    ///
    /// Pages by key, so that a reader holds the file for moments only.
    package func dump(_ line: (JSON) throws -> Void) throws {
        for (table, order) in Schema.dumped {
            var last: Row?
            repeat {
                let page = try page(of: table, by: order, after: last)
                for row in page { try line(JSON(table: table, row: row)) }
                last = page.count < Self.page ? nil : page.last
            } while last != nil
        }
    }

    private static let page = 1_000

    private func page(of table: String, by order: String, after last: Row?) throws -> [Row] {
        let keys = order.split(separator: ", ").map(String.init)
        let values: [DatabaseValue] = last.map { row in keys.map { row[$0] } } ?? []
        let after =
            last == nil ? "" : "WHERE (\(order)) > (\(databaseQuestionMarks(count: keys.count)))"
        return try inDatabase { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM \(table) \(after) ORDER BY \(order) LIMIT \(Self.page)",
                arguments: StatementArguments(values)
            )
        }
    }
}

extension JSON {
    init(table: String, row: Row) {
        var object: JSONObject = ["table": .string(table)]
        for (column, value) in row {
            switch value.storage {
            case .null: break
            case .int64(let number): object.append(column, .integer(number))
            case .double(let number): object.append(column, .number(String(number)))
            case .string(let text): object.append(column, .string(text))
            case .blob(let bytes): object.append(column, .string(Hex.text(bytes)))
            }
        }
        self = .object(object)
    }
}
