internal import GRDB
package import LarkiveCore

extension SQLiteManifest {
    /// When files of tasks were uploaded, by their numbers, as far as the platform has said.
    package func uploadTimes(of numbers: [Int64]) throws(ManifestError) -> [Int64: Timestamp] {
        try inDatabase { db in
            let marks = numbers.map { _ in "?" }.joined(separator: ", ")
            let rows = try Row.fetchAll(
                db,
                sql:
                    "SELECT n, uploaded FROM attachment WHERE uploaded NOT NULL AND n IN (\(marks))",
                arguments: StatementArguments(numbers)
            )
            return rows.reduce(into: [:]) {
                $0[$1["n"]] = Timestamp(milliseconds: $1["uploaded"])
            }
        }
    }
}
