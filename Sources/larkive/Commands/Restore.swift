import ArgumentParser
import LarkiveCore
import LarkiveVault

struct Restore: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        abstract: "Give files back, checked, under their own names.",
        discussion: """
            KEY is the number that `find` prints, sha256: and some hex digits, or an attachment key.
            Nothing is replaced, and nothing is written outside the folder.
            """
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "What to restore.") var keys: [String]
    @Option(help: "The folder to write to; made where it is missing.") var to: String
    @Option(help: "Why; recorded in the audit log.") var reason: String?
    @Flag(help: "Print one JSON object.") var json = false

    var targets: [String] { [to] }

    func validate() throws {
        if to.isEmpty { throw ValidationError("--to needs the name of a folder") }
    }

    func run() async throws {
        let world = try World.live(options)
        try RealPath.refuse(to, within: world.config.archive, as: "--to")
        let vault = try world.reading()
        let rows = try keys.flatMap { try KeyArgument($0).rows(in: vault.manifest) }
        let files = try RestorePlan(rows).files
        // Recorded before any byte is handed out; if that cannot be done, nothing is.
        try vault.note(event(world, rows), at: world.clock.now())
        let folder = try RestoreFolder(at: to)
        var outcomes: [RestoreOutcome] = []
        for file in files { outcomes.append(restore(file, to: folder, from: vault)) }
        let written = outcomes.filter { $0.failure == nil }
        let unlisted = list(written, in: folder)
        show(outcomes)
        noteDamage(outcomes, vault, world)
        if !json { try tellVanished(written.map(\.file.row), in: vault.manifest) }
        await world.recordInbox()
        try end(outcomes)
        if let unlisted { throw unlisted }
    }

    /// Adds the names to the list; what cannot be listed is there all the same, and is told last.
    private func list(_ written: [RestoreOutcome], in folder: RestoreFolder) -> VaultError? {
        guard !written.isEmpty else { return nil }
        do {
            try folder.list(written.map { ($0.file.row.name, $0.file.name) })
            return nil
        } catch { return VaultError(error) }
    }

    private func event(_ world: World, _ rows: [FileRow]) -> AuditEvent {
        var hidden: JSONObject = [
            "actor": .object(world.actor), "to": .string(to),
            "keys": .array(rows.map { .string($0.key) }),
        ]
        if let reason { hidden.append("reason", .string(reason)) }
        let numbers = rows.prefix(1_000).map { JSON.integer($0.id) }
        return AuditEvent(
            .restoreDone,
            ["attachments": .array(Array(numbers)), "count": JSON(rows.count)],
            hidden: hidden
        )
    }

    private func restore(
        _ file: RestorePlan.File,
        to folder: RestoreFolder,
        from vault: ReadingVault
    ) -> RestoreOutcome {
        do {
            guard try !vault.care().isKnownDamaged(file.digest) else {
                throw StoreError(
                    .damaged(file.digest),
                    "object \(file.digest.hex) is damaged"
                )
            }
            try compare(file.row, vault)
            let outcome = try folder.write(
                file.digest,
                as: file.name,
                expecting: file.row.size,
                from: vault
            )
            return RestoreOutcome(file: file, isNew: outcome == .written)
        } catch let failure as StoreError {
            guard case .damaged(let digest) = failure.kind else {
                return RestoreOutcome(file, VaultError(failure))
            }
            let words = failure.detail + Self.advice(on: digest)
            return RestoreOutcome(
                file: file,
                failure: words,
                code: .damaged,
                isObjectDamaged: true
            )
        } catch { return RestoreOutcome(file, VaultError(error)) }
    }

    /// Refuses bytes of which the audit log does not say that they are this attachment's.
    ///
    /// A log that cannot be read is told and no more.
    private func compare(_ row: FileRow, _ vault: ReadingVault) throws {
        let found: HeldRecord
        do {
            found = try vault.heldRecord(of: row)
        } catch {
            let words =
                "\(row.key) cannot be compared with the audit log: \(VaultError(error).detail)"
            return Terminal.complain(words, hint: "see what is wrong: larkive verify")
        }
        switch found {
        case .same: return
        case .none:
            throw VaultError(
                .damaged,
                "the manifest says that it is held, no record of the audit log does",
                hint: Self.disagreement
            )
        case .other(let digest):
            throw VaultError(
                .damaged,
                "the manifest gives it other bytes than the audit log, which says \(digest)",
                hint: Self.disagreement
            )
        }
    }

    private static let disagreement =
        "see what is wrong: larkive verify; make the manifest again: larkive rebuild"

    private static func advice(on digest: ContentDigest) -> String {
        "; see whether it can be healed: larkive repair sha256:\(digest.hex.prefix(12))"
    }

    /// What was found damaged is recorded, so that nobody takes it for good from now on.
    private func noteDamage(_ outcomes: [RestoreOutcome], _ vault: ReadingVault, _ world: World) {
        for outcome in outcomes where outcome.isObjectDamaged {
            let digest = outcome.file.digest
            let isKnown = (try? vault.care().isKnownDamaged(digest)) ?? true
            guard !isKnown else { continue }
            let event = AuditEvent.damaged(digest, outcome.failure ?? "", world.actor)
            do {
                try vault.note(event, at: world.clock.now())
            } catch {
                Terminal.complain("the damage cannot be recorded: \(error)", hint: nil)
            }
        }
    }

    private func show(_ outcomes: [RestoreOutcome]) {
        if json { return Terminal.print(json(of: outcomes)) }
        for outcome in outcomes {
            if let failure = outcome.failure {
                Terminal.complain("\(outcome.file.row.key): \(failure)", hint: nil)
            } else {
                let mark = outcome.isNew ? "" : "  (was there already)"
                Terminal.print(
                    "\(to)/\(Terminal.escaped(outcome.file.name))  \(outcome.file.digest)\(mark)"
                )
            }
        }
    }

    /// What is only in the archive any more.
    private func tellVanished(_ rows: [FileRow], in manifest: SQLiteManifest) throws {
        for row in rows {
            guard let vanished = row.vanished else { continue }
            let before = try manifest.lastComplete(of: row.source, before: vanished)
            let time = before.map { "between \($0) and \(vanished)" } ?? vanished
            Terminal.note(Terminal.escaped("\(row.key) is no longer at the source since \(time)"))
        }
    }

    private func json(of outcomes: [RestoreOutcome]) -> JSON {
        .object([
            "restored": .array(
                outcomes.filter { $0.failure == nil }.map { outcome in
                    .object([
                        "key": .string(outcome.file.row.key),
                        "path": .string("\(to)/\(outcome.file.name)"),
                        "sha256": .string(outcome.file.digest.hex),
                        "size": outcome.file.row.size.map(JSON.integer),
                    ])
                }
            ),
            "failed": .array(
                outcomes.compactMap { outcome in
                    outcome.failure.map {
                        .object(["key": .string(outcome.file.row.key), "detail": .string($0)])
                    }
                }
            ),
        ])
    }

    /// Several at once: the first of these counts.
    private func end(_ outcomes: [RestoreOutcome]) throws {
        let codes = Set(outcomes.compactMap(\.code))
        for code in [LarkiveCore.ExitCode.damaged, .space, .partial] where codes.contains(code) {
            throw Stop(code: code)
        }
    }
}
