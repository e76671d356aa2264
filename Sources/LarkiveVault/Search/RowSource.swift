internal import GRDB
internal import LarkiveCore

/// Reads rows of the view `files`, with what the view does not have: when a task's file was
/// uploaded, and the sources that list it.
struct RowSource {
    let db: Database

    private static let beside = """
        (SELECT uploaded FROM attachment WHERE n = f.id) AS uploaded,
        (SELECT group_concat(source, ' ') FROM sighting WHERE attachment = f.id) AS seen
        """

    /// One attachment in its newest version.
    func newest(_ number: Int64) throws -> Row? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT f.*, \(Self.beside) FROM files f WHERE f.id = ?"),
            arguments: [number]
        )
    }

    /// One attachment in all versions that are held, and the newest.
    func all(_ number: Int64) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT f.*, \(Self.beside) FROM (\(Schema.allVersions)) f WHERE f.id = ?"
            ),
            arguments: [number]
        )
    }

    /// Nil for what nothing has.
    func row(_ file: FileVersion) throws -> Row? {
        if let row = try newest(file.attachment), row["version"] == file.version { return row }
        return try all(file.attachment).first { $0["version"] == file.version }
    }

    func rows(_ number: Int64, withOlder: Bool) throws -> [Row] {
        try withOlder ? all(number) : newest(number).map { [$0] } ?? []
    }
}
