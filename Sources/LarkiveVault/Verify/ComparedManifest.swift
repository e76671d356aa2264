internal import LarkiveCore

/// Holds the archive's manifest against the log, record by record as far as it had come.
struct ComparedManifest {
    private static let group = 1_000

    private let root: Directory
    private let second: SecondManifest
    private var refusal: Finding?
    private var applied: Int64 = -1
    private var isCompared = false
    private var found: [Finding] = []
    private var searchFault: String?
    private var waiting: [AuditRecord] = []
    private var folded: Int64 = -1
    private var canFold = true
    /// Why the second manifest could not be made, which says nothing of the first.
    private(set) var failure: ManifestError?

    init(_ root: Directory, _ path: String, _ second: SecondManifest) throws {
        self.root = root
        self.second = second
        switch ManifestLook(root: root).open() {
        case .refused(let finding): refusal = finding
        case .opened(let manifest):
            do {
                try second.attach(manifest, at: root.path(SQLiteManifest.fileName))
                refusal = try integrity()
                if refusal == nil { applied = try second.applied() }
                if refusal == nil { searchFault = try second.searchFault() }
            } catch {
                let failure = ManifestError(error)
                // In files of its own it may have had no room.
                if second.isOnDisk, failure.kind.isOfDisk { throw failure }
                refusal = ManifestLook.finding(failure)
            }
        }
    }

    /// Wrong entries of an index leave the rows readable; anything else does not.
    private mutating func integrity() throws(ManifestError) -> Finding? {
        let words = try second.integrity()
        let ofIndex = words.filter { $0.contains("index") }
        for text in ofIndex where ofIndex.count == words.count {
            found.append(Finding(.manifestIndex, SQLiteManifest.fileName, text))
            return nil
        }
        return words.first.map { Finding(.manifestUnreadable, SQLiteManifest.fileName, $0) }
    }

    mutating func take(_ record: AuditRecord) throws {
        if record.seq > applied, !isCompared { compare() }
        waiting.append(record)
        if waiting.count >= Self.group { fold() }
    }

    mutating func finish() {
        fold()
        if !isCompared, folded >= applied { compare() }
    }

    private mutating func fold() {
        defer { waiting = [] }
        guard canFold, let last = waiting.last else { return }
        do {
            try second.fold.apply(waiting)
            folded = last.seq
        } catch {
            canFold = false
            if error.kind.isOfDisk { return failure = error }
            found.append(Finding(.logCannotFold, "audit", error.detail))
        }
    }

    private mutating func compare() {
        fold()
        guard refusal == nil, canFold, folded == applied else { return }
        isCompared = true
        do {
            found += try second.differences()
        } catch {
            if second.isOnDisk, error.kind.isOfDisk { return failure = error }
            found.append(ManifestLook.finding(error))
        }
    }

    func findings(logSize: Int64, least: Int64, _ isWhole: Bool) throws -> [Finding] {
        if let refusal { return [refusal] }
        // A record that could not be read has been told.
        var findings = isWhole ? found : found.filter { $0.code == .manifestIndex }
        let name = SQLiteManifest.fileName
        // Rows that are wrong are told as such.
        if let searchFault, !findings.contains(where: { $0.code.isError }) {
            findings.append(Finding(.searchDrift, "\(name) search", searchFault))
        }
        if applied >= logSize, isWhole {
            findings.append(
                Finding(
                    .logShorter,
                    "audit",
                    "\(name) knows \(applied + 1) records, the log has \(logSize)"
                )
            )
        }
        // What cannot be folded cannot be in a manifest: that it is behind follows.
        guard isWhole, canFold, applied + 1 < logSize, try !VaultLock.isHeld(in: root) else {
            return findings
        }
        let detail = "it has \(applied + 1) of \(logSize) records, and no run is going on"
        findings.append(
            Finding(applied + 1 < least ? .manifestBehind : .manifestWaits, name, detail)
        )
        return findings
    }
}
