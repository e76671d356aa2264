import LarkiveCore
import LarkiveVault
import SystemPackage

/// What a restore prints, as it goes, and how it ends.
struct RestoreReport {
    private static let vanishedAtMost = 20

    let to: String
    let isJSON: Bool
    let manifest: SQLiteManifest
    private var (written, present, failed) = (Int64(0), Int64(0), Int64(0))
    private var codes: Set<LarkiveCore.ExitCode> = []
    private var (done, undone): ([JSON], [JSON]) = ([], [])
    private var vanished: [FileRow] = []
    /// What was given on the manifest's word alone, with the first reason.
    private var unproven: (count: Int64, first: VaultError)?
    private var unlisted: VaultError?
    /// Why standard output does not take what is told: that stops no restore.
    private var unsaid: Errno?

    init(to: String, isJSON: Bool, manifest: SQLiteManifest) {
        self.to = to
        self.isJSON = isJSON
        self.manifest = manifest
    }

    mutating func add(_ outcome: RestoreOutcome) {
        if let failure = outcome.failure {
            failed += 1
            if let code = outcome.code { codes.insert(code) }
            return fail(outcome.row, failure)
        }
        if outcome.isNew { written += 1 } else { present += 1 }
        if outcome.row.vanished != nil { vanished.append(outcome.row) }
        if let failure = outcome.unproven {
            unproven = ((unproven?.count ?? 0) + 1, unproven?.first ?? failure)
        }
        let folder = to.hasSuffix("/") ? String(to.dropLast()) : to
        let path = "\(folder)/\(outcome.path.joined(separator: "/"))"
        if isJSON {
            done.append(Self.json(outcome, path))
        } else {
            let mark = outcome.isNew ? "" : "  (was there already)"
            let digest = outcome.digest.map(\.description) ?? ""
            unsaid = Terminal.failure(printing: "\(path.shown)  \(digest)\(mark)") ?? unsaid
        }
    }

    private mutating func fail(_ row: FileRow, _ failure: String) {
        if isJSON {
            undone.append(.object(["key": .string(row.key), "detail": .string(failure)]))
        } else {
            Terminal.complain("\(row.key): \(failure)", hint: nil)
        }
    }

    private static func json(_ outcome: RestoreOutcome, _ path: String) -> JSON {
        .object([
            "key": .string(outcome.row.key), "path": .string(path),
            "sha256": outcome.digest.map { .string($0.hex) },
            "size": outcome.row.size.map(JSON.integer),
            "present": outcome.isNew ? nil : .bool(true),
            "logged": outcome.unproven == nil ? nil : .bool(false),
        ])
    }

    /// The list of names is wanting; the files are there.
    mutating func listingFailed(_ error: VaultError) {
        guard unlisted == nil else { return }
        unlisted = error
        Terminal.complain(
            "\(RestoreFolder.list) could not be written: \(error.detail)",
            hint: error.kind == .refused
                ? "the files are there; move it away, and the same restore again writes the list"
                : "the files are there; the same restore again writes it"
        )
    }

    /// Something ended the whole: what was given back so far is told first.
    func stop(_ error: any Error) throws -> Never {
        if written + present + failed > 0 { tell() }
        throw error
    }

    /// Several failures at once: the first of these codes counts.
    func end() throws {
        tell()
        if !isJSON { try tellVanished() }
        if let unproven {
            LoggedBytes.complain(
                Figures.count(unproven.count, "file", "files"),
                unproven.first
            )
            throw Stop(code: unproven.first.kind.exitCode)
        }
        for code in [LarkiveCore.ExitCode.damaged, .space, .partial] where codes.contains(code) {
            throw Stop(code: code)
        }
        if unsaid != nil { throw Stop(code: .space) }
        if let unlisted {
            throw Stop(code: unlisted.kind.exitCode == .space ? .space : .partial)
        }
    }

    private func tell() {
        if isJSON {
            Terminal.print(.object(["restored": .array(done), "failed": .array(undone)]))
        } else if written + present + failed == 0 {
            Terminal.complain("nothing matches", hint: "see what there is: larkive find")
        } else if written + present + failed > 1 || unsaid != nil {
            let there = present > 0 ? ", \(present) were there already" : ""
            let wanting = failed > 0 ? ", \(failed) failed" : ""
            Terminal.note("\(Figures.count(written, "file", "files")) written\(there)\(wanting)")
        }
        if let unsaid {
            Terminal.complain(
                "which files, standard output did not take: \(unsaid)",
                hint: "they are in \(to); see \(RestoreFolder.list) there"
            )
        }
    }

    /// What is only in the archive any more.
    private func tellVanished() throws {
        guard vanished.count <= Self.vanishedAtMost else {
            return Terminal.note("\(vanished.count) of them are no longer at the source")
        }
        for row in vanished {
            guard let missed = row.vanished else { continue }
            let before = try manifest.lastComplete(of: row.source, before: missed)
            let time = before.map { "between \($0) and \(missed)" } ?? missed
            Terminal.note("\(row.key) is no longer at the source since \(time)".shown)
        }
    }
}
