internal import LarkiveCore

/// Why something that was asked for is not in a bag.
package struct ExportException: Error, Equatable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// Its bytes were never archived.
        case notHeld = "not_held"
        /// A rule leaves it out, or somebody has accepted the loss.
        case skipped
        case damaged
        /// The record of it is not signed yet.
        case unsigned
        /// Manifest and log do not say the same.
        case disagrees
        /// A message that could not be read: what hangs on it is not known.
        case messageUnread = "message_unread"
        /// A source whose last look did not reach its end, or left something unread or not archived.
        case listingIncomplete = "listing_incomplete"
    }

    package let code: Code
    package let detail: String

    init(_ code: Code, _ detail: String) {
        (self.code, self.detail) = (code, detail)
    }
}

/// `exceptions.csv`: what was asked for and is not there, and what may be missing beside it.
final class ExceptionList {
    private let manifest: SQLiteManifest
    private let bag: BagFolder
    private let file: BagFile
    private let ledger: [String: LedgerEntry]
    private var counts: [ExportException.Code: Int64] = [:]

    init(_ vault: ReadingVault, into bag: BagFolder) throws {
        manifest = vault.manifest
        self.bag = bag
        ledger = try manifest.ledgerEntries()
        file = try bag.tag("exceptions.csv")
        try file.write(Table.exceptions.header)
    }

    func add(_ row: FileRow, _ exception: ExportException) throws {
        try write(exception.code, row.catalogued, ["detail": .string(exception.detail)])
    }

    /// An attachment without bytes, with the words of the ledger.
    func addMissing(_ row: FileRow) throws {
        let entry = ledger["attachment:\(row.id)"]
        let code: ExportException.Code = row.state == "skipped" ? .skipped : .notHeld
        try write(code, row.catalogued, entry?.words ?? [:])
    }

    /// Adds what nobody could list, and returns how many there are of each code.
    func end(_ scope: ExportScope) throws -> [ExportException.Code: Int64] {
        for (_, entry) in ledger.sorted(by: { $0.key < $1.key }) {
            guard let id = entry.messageID, let source = entry.source,
                scope.includes(message: id, of: source)
            else { continue }
            try write(
                .messageUnread,
                ["source": .string(source), "message_id": .string(id)],
                entry.words
            )
        }
        for (name, time) in try manifest.unfinishedSources() where scope.includes(source: name) {
            let words = "its last look was not complete; the last complete one: "
            try write(
                .listingIncomplete,
                ["source": .string(name)],
                ["detail": .string(words + (time ?? "none"))]
            )
        }
        try bag.end(file)
        return counts
    }

    private func write(
        _ code: ExportException.Code,
        _ subject: JSONObject,
        _ words: JSONObject
    ) throws {
        let row = JSONObject(
            [JSONObject.Member(name: "code", value: .string(code.rawValue))] + subject.members
                + words.members
        )
        try file.write(Table.exceptions.line(of: row))
        counts[code, default: 0] += 1
    }
}
