internal import FoundationEssentials
internal import GRDB
internal import LarkiveCore

/// What became of objects after they were stored.
extension Apply {
    func repairObject() throws {
        try run("UPDATE object SET damaged = NULL WHERE digest = ?", [try digest("sha256")])
        try forgetLoss()
    }

    func loseObject() throws {
        try run(
            "UPDATE object SET damaged = coalesce(damaged, ?) WHERE digest = ?",
            [time, try digest("sha256")]
        )
        try enterLedger("object:\(try hex())", attachment: nil, source: nil, message: nil)
    }

    /// Nobody is reminded any more; the object stays damaged.
    func acceptLoss() throws {
        try clearLedger(of: "object:\(try hex())")
        try run(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            [SQLiteManifest.acceptedPrefix + (try hex()), time]
        )
    }

    private func forgetLoss() throws {
        try clearLedger(of: "object:\(try hex())")
        try run("DELETE FROM meta WHERE name = ?", [SQLiteManifest.acceptedPrefix + (try hex())])
    }

    private func hex() throws -> String { Hex.text(try digest("sha256")) }

    /// Only a look that says how far it has come adds to what was read.
    func finishVerify() throws {
        guard let from = place("from"), let to = place("to") else { return }
        let known = try String.fetchOne(
            db,
            sql: "SELECT value FROM meta WHERE name = ?",
            arguments: [VerifiedRanges.metaName]
        )
        var ranges = known.flatMap { VerifiedRanges(text: $0) } ?? VerifiedRanges()
        ranges.add(
            from: from,
            to: to,
            without: fields["unread"]?.array?.compactMap { item in
                item.string.flatMap { ContentDigest(hex: $0) }
            } ?? [],
            at: fields["started"]?.string ?? time
        )
        try run(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            [VerifiedRanges.metaName, ranges.text]
        )
    }

    private func place(_ name: String) -> ContentDigest? {
        fields[name]?.string.flatMap { ContentDigest(hex: $0) }
    }
}
