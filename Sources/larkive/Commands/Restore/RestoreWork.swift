import LarkiveCore
import LarkiveVault

/// Gives files back, some at a time: recorded, compared with the log, copied, listed.
struct RestoreWork {
    /// So many are recorded by one event, which has to stay small.
    private static let atOnce = 500

    let vault: ReadingVault
    let folder: RestoreFolder
    let note: RestoreNote

    func run(_ plan: RestorePlan, _ report: inout RestoreReport) throws {
        try vault.manifest.forEachPage(of: plan.missing) { rows in
            rows.forEach { report.add(RestoreOutcome(missing: $0)) }
        }
        var names = WrittenNames(folder: folder)
        for start in stride(from: 0, to: plan.count, by: Self.atOnce) {
            do {
                let part = try plan.files(at: start..<start + Self.atOnce, in: vault.manifest)
                // Recorded before any byte is handed out; if that cannot be done, nothing is.
                try note.keep(part.flatMap(\.rows), in: vault)
                restore(part, &names, &report)
            } catch {
                names.list(&report)
                try report.stop(error)
            }
        }
        names.list(&report)
    }

    private func restore(
        _ files: [RestorePlan.File],
        _ names: inout WrittenNames,
        _ report: inout RestoreReport
    ) {
        let records = vault.heldRecords(of: files.map(\.row))
        for (file, record) in zip(files, records) {
            let outcome = restore(file, record)
            report.add(outcome)
            if outcome.failure == nil {
                names.add(file)
            } else if outcome.isObjectDamaged {
                note.world.noteDamage(file.digest, outcome.failure ?? "", in: vault)
            }
        }
        if names.areMany { names.list(&report) }
    }

    private func restore(_ file: RestorePlan.File, _ record: HeldRecord) -> RestoreOutcome {
        do {
            let unproven = try LoggedBytes.check(file.row, record)
            guard try !vault.care().isKnownDamaged(file.digest) else {
                let words = "object \(file.digest.hex) is damaged"
                throw StoreError(.damaged(file.digest), words)
            }
            let order = RestoreFolder.Order(
                file.digest,
                at: file.path,
                size: file.row.size,
                time: file.row.date
            )
            let isNew = try folder.write(order, from: vault) == .written
            return RestoreOutcome(file, isNew: isNew, unproven: unproven)
        } catch {
            let isLost = try? vault.care().isKnownLost(file.digest)
            return RestoreOutcome(file, error, isLost: isLost ?? false)
        }
    }
}

/// Names that are written and not listed yet.
///
/// The list is written whole each time, so it is written when it has doubled, and at the end.
private struct WrittenNames {
    let folder: RestoreFolder
    private var waiting: [(original: String, written: [String])] = []
    private var listed = 0

    init(folder: RestoreFolder) { self.folder = folder }

    var areMany: Bool { waiting.count > max(listed, 1_000) }

    mutating func add(_ file: RestorePlan.File) {
        waiting += file.rows.map { ($0.name, file.path) }
    }

    /// What cannot be listed is there all the same, and is told last.
    mutating func list(_ report: inout RestoreReport) {
        do { try folder.list(waiting) } catch { report.listingFailed(VaultError(error)) }
        listed += waiting.count
        waiting = []
    }
}

/// Whether the audit log says that bytes are an attachment's.
enum LoggedBytes {
    private static let disagreement =
        "see what is wrong: larkive verify; make the manifest again: larkive rebuild"

    /// Refuses bytes of which the audit log does not say that they are this attachment's.
    ///
    /// Returns why the log could not be asked: then they are given on the manifest's word.
    static func check(_ row: FileRow, _ record: HeldRecord) throws -> VaultError? {
        switch record {
        case .same: return nil
        case .unread(let failure): return failure
        case .unrecorded:
            throw VaultError(
                .damaged,
                "the manifest says that it is held, no record of the audit log does",
                hint: disagreement
            )
        case .other(let digest):
            throw VaultError(
                .damaged,
                "the manifest gives it other bytes than the audit log, which says \(digest)",
                hint: disagreement
            )
        }
    }

    static func complain(_ what: String, _ failure: VaultError) {
        Terminal.complain(
            "\(what) could not be compared with the audit log: \(failure.detail)",
            hint: "the manifest alone says whose bytes they are; see what is wrong: larkive verify"
        )
    }
}
