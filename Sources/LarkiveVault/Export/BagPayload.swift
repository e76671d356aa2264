internal import LarkiveCore

/// Hands attachments over: their bytes, where they came from, and what could not be handed over.
struct BagPayload {
    private let vault: ReadingVault
    private let bag: BagFolder
    private let provenance: ProvenanceFiles
    private let exceptions: ExceptionList
    private var outcome: BagExport.Outcome

    init(_ vault: ReadingVault, _ bag: BagFolder, _ outcome: BagExport.Outcome) throws {
        (self.vault, self.bag, self.outcome) = (vault, bag, outcome)
        provenance = try ProvenanceFiles(bag)
        exceptions = try ExceptionList(vault, into: bag)
    }

    /// One message or task after the other; `evidence` is by the places of the items.
    mutating func add(_ items: BagItems, _ evidence: [Evidence]) throws {
        for home in items.homes {
            let files = items.places(ofHome: home).map { items[$0].file }
            let rows = try vault.manifest.rows(of: files)
            var written: Set<[String]> = []
            for (row, path) in zip(rows, BagLayout(rows).paths) {
                // What has been archived since the log was read has no proof in this bag.
                guard let path, row.state == "held",
                    let place = items.place(of: FileVersion(row)),
                    let digest = items[place].digest
                else {
                    try exceptions.addMissing(row)
                    continue
                }
                do {
                    try check(digest, evidence[place])
                    if !written.contains(path) {
                        try bag.copy(digest, to: path, time: row.date, from: vault)
                        written.insert(path)
                    }
                    try note(row, at: path, evidence[place])
                } catch { try leaveOut(row, error) }
            }
        }
    }

    private mutating func note(_ row: FileRow, at path: [String], _ evidence: Evidence) throws {
        try provenance.add(row, evidence, path)
        outcome.exported += 1
        outcome.proven += evidence.isGiven && !evidence.listed.isEmpty ? 1 : 0
    }

    /// Throws what is wrong with more than this attachment.
    private mutating func leaveOut(_ row: FileRow, _ error: any Error) throws {
        if let exception = error as? ExportException { return try exceptions.add(row, exception) }
        guard let failure = error as? StoreError, case .damaged(let digest) = failure.kind else {
            throw error
        }
        outcome.damage[digest] = failure.detail
        try exceptions.add(row, ExportException(.damaged, failure.detail))
    }

    /// Whether the signed log says that these bytes are this attachment's.
    private func check(_ digest: ContentDigest, _ evidence: Evidence) throws {
        guard evidence.held == nil else {
            guard try !vault.manifest.isDamaged(digest) else {
                throw ExportException(.damaged, "the object is known to be damaged or lost")
            }
            return
        }
        if evidence.isUnsigned {
            throw ExportException(.unsigned, "its record is not covered by a signed note yet")
        }
        throw ExportException(
            .disagrees,
            evidence.other.map { "the audit log names other bytes: \($0)" }
                ?? "no record of the audit log says that it is held"
        )
    }

    /// Ends the lists with what nobody could list.
    mutating func end(_ scope: ExportScope) throws -> BagExport.Outcome {
        try provenance.end()
        outcome.exceptions = try exceptions.end(scope)
        outcome.bytes = bag.payloadBytes
        return outcome
    }
}
