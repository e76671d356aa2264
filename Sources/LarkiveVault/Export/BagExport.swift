package import LarkiveCore

/// Makes a bag of attachments: their bytes, where they came from, and what the signed log says.
package struct BagExport {
    package struct Request: Sendable {
        package var rows: [FileRow]
        package var scope: ExportScope
        package var folder: String
        /// What was asked for, in words.
        package var selection: String
        package var software: String
        package var time: Timestamp
        /// Whether private parts are given that speak of others, too.
        package var isWhole: Bool

        package init(
            rows: [FileRow],
            scope: ExportScope,
            folder: String,
            selection: String,
            software: String,
            time: Timestamp,
            isWhole: Bool
        ) {
            (self.rows, self.scope, self.folder) = (rows, scope, folder)
            (self.selection, self.software) = (selection, software)
            (self.time, self.isWhole) = (time, isWhole)
        }
    }

    package struct Outcome: Sendable {
        package fileprivate(set) var exported: Int64 = 0
        package fileprivate(set) var bytes: Int64 = 0
        /// How many have records whose private parts are given.
        package fileprivate(set) var proven: Int64 = 0
        package fileprivate(set) var exceptions: [ExportException.Code: Int64] = [:]
        /// Objects that were found damaged by this export, with what was found.
        package fileprivate(set) var damage: [ContentDigest: String] = [:]
        package let size: Int64
        package let root: ContentDigest
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
        let layout = BagLayout(request.rows)
        try checkRoom(in: bag)
        let files = try EvidenceFiles(vault.layout.audit, into: bag)
        var search = EvidenceSearch(
            request.rows,
            sources: try vault.manifest.sources(listing: request.rows.map(\.id)),
            scope: request.scope,
            isWhole: request.isWhole
        )
        try files.write(&search)
        var outcome = Outcome(
            size: files.note.checkpoint.size,
            root: files.note.checkpoint.root
        )
        let exceptions = try ExceptionList(vault, into: bag)
        try hand(search.found, layout, bag, exceptions, &outcome)
        outcome.exceptions = try exceptions.end(request.scope)
        (outcome.bytes) = bag.payloadBytes
        try bag.keep(info(outcome, bag), as: "bag-info.txt")
        try bag.keep(HowToVerify(outcome, bag, vault.identity.id).text, as: "HOW-TO-VERIFY.md")
        try bag.finish()
        return outcome
    }

    /// Told at once, not after hours.
    private func checkRoom(in bag: BagFolder) throws {
        let wanted = request.rows.compactMap { $0.sha256 == nil ? nil : $0.size }.reduce(0, +)
        let free = try bag.root.space().available
        guard wanted > free else { return }
        throw VaultError(
            .noSpace,
            "\(bag.root.path): \(free) bytes free, \(wanted) wanted",
            hint: "make room, or export in parts"
        )
    }

    // MARK: the payload

    private func hand(
        _ evidence: [Evidence],
        _ layout: BagLayout,
        _ bag: BagFolder,
        _ exceptions: ExceptionList,
        _ outcome: inout Outcome
    ) throws {
        let provenance = try ProvenanceFiles(bag)
        var written: Set<[String]> = []
        for place in Self.order(layout.paths, request.rows) {
            let (row, found) = (request.rows[place], evidence[place])
            guard let path = layout.paths[place], let digest = row.sha256, row.state == "held"
            else {
                try exceptions.addMissing(row)
                continue
            }
            do {
                try Self.check(row, found, vault)
                if !written.contains(path) {
                    _ = try bag.copy(digest, to: path, from: vault)
                    written.insert(path)
                }
                try provenance.add(row, found, path)
                outcome.exported += 1
                outcome.proven += found.isGiven && !found.listed.isEmpty ? 1 : 0
            } catch let failure as ExportException {
                try exceptions.add(row, failure)
            } catch let failure as StoreError {
                guard case .damaged(let digest) = failure.kind else { throw failure }
                outcome.damage[digest] = failure.detail
                try exceptions.add(row, ExportException(.damaged, failure.detail))
            }
        }
        try provenance.end()
    }

    /// Families stand together, and what has no bytes at the end.
    private static func order(_ paths: [[String]?], _ rows: [FileRow]) -> [Int] {
        let keys = zip(paths, rows).map { path, row in
            (path?.dropLast().joined(separator: "/") ?? "\u{FFFF}", row.id, row.version)
        }
        return keys.indices.sorted { keys[$0] < keys[$1] }
    }

    /// Whether the signed log says that these bytes are this attachment's.
    private static func check(_ row: FileRow, _ found: Evidence, _ vault: ReadingVault) throws {
        guard found.held == nil else {
            guard let digest = row.sha256, try !vault.manifest.isDamaged(digest) else {
                throw ExportException(.damaged, "the object is known to be damaged or lost")
            }
            return
        }
        if found.isUnsigned {
            throw ExportException(.unsigned, "its record is not covered by a signed note yet")
        }
        throw ExportException(
            .disagrees,
            found.other.map { "the audit log names other bytes: \($0)" }
                ?? "no record of the audit log says that it is held"
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
