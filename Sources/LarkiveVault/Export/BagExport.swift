package import LarkiveCore

/// Makes a bag of attachments: their bytes, where they came from, and what the signed log says.
package struct BagExport {
    package struct Request: Sendable {
        package var files: [FileVersion]
        package var scope: ExportScope
        package var folder: String
        /// What was asked for, in words.
        package var selection: String
        package var software: String
        package var time: Timestamp
        /// Whether private parts are given that speak of others, too.
        package var isWhole: Bool

        package init(
            files: [FileVersion],
            scope: ExportScope,
            folder: String,
            selection: String,
            software: String,
            time: Timestamp,
            isWhole: Bool
        ) {
            (self.files, self.scope, self.folder) = (files, scope, folder)
            (self.selection, self.software) = (selection, software)
            (self.time, self.isWhole) = (time, isWhole)
        }
    }

    package struct Outcome: Sendable {
        package internal(set) var exported: Int64 = 0
        package internal(set) var bytes: Int64 = 0
        /// How many have records whose private parts are given.
        package internal(set) var proven: Int64 = 0
        package internal(set) var exceptions: [ExportException.Code: Int64] = [:]
        /// Objects that were found damaged by this export, with what was found.
        package internal(set) var damage: [ContentDigest: String] = [:]
        package let size: Int64
        package let root: ContentDigest

        init(_ log: Checkpoint) { (size, root) = (log.size, log.root) }
    }

    private let vault: ReadingVault
    private let request: Request

    package init(_ request: Request, from vault: ReadingVault) {
        (self.request, self.vault) = (request, vault)
    }

    /// Throws when there is something in the folder that no export has left unfinished.
    package static func check(_ folder: String) throws {
        do {
            try BagFolder.check(folder)
        } catch { throw VaultError(error) }
    }

    package func run() throws -> Outcome {
        do {
            let bag = try BagFolder(at: request.folder)
            do {
                return try write(bag)
            } catch {
                bag.abandon()
                throw error
            }
        } catch { throw VaultError(error) }
    }

    private func write(_ bag: BagFolder) throws -> Outcome {
        let items = try BagItems(request.files, in: vault.manifest)
        try checkRoom(for: items, in: bag)
        let files = try EvidenceFiles(vault.layout.audit, into: bag)
        var search = EvidenceSearch(
            items,
            sources: try vault.manifest.sources(listing: items.attachments),
            scope: request.scope,
            isWhole: request.isWhole
        )
        try files.write(&search)
        var payload = try BagPayload(vault, bag, Outcome(files.note.checkpoint))
        try payload.add(items, search.found)
        let outcome = try payload.end(request.scope)
        try bag.keep(info(outcome, bag), as: "bag-info.txt")
        try bag.keep(HowToVerify(outcome, bag, vault.identity.id).text, as: "HOW-TO-VERIFY.md")
        try bag.finish()
        return outcome
    }

    /// Told at once, not after hours.
    private func checkRoom(for items: BagItems, in bag: BagFolder) throws {
        let free = try bag.root.space().available
        guard items.bytes > free else { return }
        throw VaultError(
            .noSpace,
            "\(bag.root.path): \(free) bytes free, \(items.bytes) wanted",
            hint: "make room, or export in parts"
        )
    }

    // MARK: words

    private func info(_ outcome: Outcome, _ bag: BagFolder) -> String {
        let left = outcome.exceptions.values.reduce(0, +)
        return [
            "Bag-Software-Agent: \(request.software)",
            "Bagging-Date: \(request.time.date)",
            "Payload-Oxum: \(bag.payloadBytes).\(bag.payloadFiles)",
            "External-Identifier: \(vault.identity.id)",
            "External-Description: attachments of Feishu/Lark mail and tasks from the larkive "
                + "archive \(vault.identity.id)",
            "Larkive-Selection: \(request.selection)",
            "Larkive-Attachments: \(outcome.exported)",
            "Larkive-Exceptions: \(left)",
            "Larkive-Log-Size: \(outcome.size)",
            "Larkive-Log-Root: \(outcome.root.hex)",
            "Larkive-Time: \(request.time)",
        ].joined(separator: "\n") + "\n"
    }
}
