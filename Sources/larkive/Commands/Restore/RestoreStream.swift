import LarkiveCore
import LarkiveVault

/// Writes one file to standard output.
///
/// The object is read twice: once to compare it with its digest, before the first byte leaves, and
/// once to hand it out, hashed again on the way.
struct RestoreStream {
    let vault: ReadingVault
    let note: RestoreNote

    private static let gone = VaultError(.other, "whoever reads standard output has gone")

    static func refuseTerminal() throws(UsageError) {
        guard Terminal.outputIsTerminal else { return }
        throw UsageError(
            "a file is not written to a terminal",
            hint: "send it somewhere: larkive restore KEY --to - >FILE"
        )
    }

    func run(_ files: [FileVersion]) throws {
        let row = try only(files)
        guard let digest = row.sha256 else {
            let missing = RestoreOutcome(missing: row)
            throw UsageError("\(row.key) \(missing.failure ?? "")", exitCode: .partial)
        }
        let unproven: VaultError?
        do {
            unproven = try LoggedBytes.check(row, vault.heldRecords(of: [row])[0])
            try vault.read(digest) { _ in }
            try note.keep([row], in: vault)
            try vault.read(digest) { try Terminal.give($0, whenGone: Self.gone) }
        } catch {
            guard let failure = error as? StoreError, case .damaged = failure.kind else {
                throw error
            }
            note.world.noteDamage(digest, failure.detail, in: vault)
            let isLost = (try? vault.care().isKnownLost(digest)) ?? false
            Terminal.complain(
                "\(row.key): \(failure.detail)",
                hint: RestoreOutcome.advice(on: digest, isLost: isLost)
            )
            throw Stop(code: .damaged)
        }
        Terminal.note("\(row.name)  \(digest)".shown)
        if let unproven {
            LoggedBytes.complain(row.key, unproven)
            throw Stop(code: unproven.kind.exitCode)
        }
    }

    /// One file: several attachments with the same bytes are one.
    private func only(_ files: [FileVersion]) throws -> FileRow {
        var (oldest, digests) = (FileRow?.none, Set<ContentDigest?>())
        try vault.manifest.forEachPage(of: files.sorted()) { rows in
            oldest = oldest ?? rows.first
            digests.formUnion(rows.map(\.sha256))
        }
        guard let oldest else {
            throw UsageError("nothing matches", hint: "see what there is: larkive find")
        }
        guard digests.count == 1 else {
            throw UsageError(
                "--to - takes one file, and \(files.count) match",
                hint: "give one KEY, or a folder: --to DIR"
            )
        }
        return oldest
    }
}
