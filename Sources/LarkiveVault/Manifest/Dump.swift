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
            var offset = 0
            while true {
                let page = try inDatabase { db in
                    try Row.fetchAll(
                        db,
                        sql: "SELECT * FROM \(table) ORDER BY \(order) LIMIT 1000 OFFSET ?",
                        arguments: [offset]
                    ).map { JSON(table: table, row: $0) }
                }
                for row in page { try line(row) }
                offset += page.count
                if page.count < 1_000 { break }
            }
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
