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
        if !written.isEmpty {
            try folder.list(written.map { ($0.file.row.name, $0.file.name) })
        }
        show(outcomes)
        noteDamage(outcomes, vault, world)
        if !json { try tellVanished(written.map(\.file.row), in: vault.manifest) }
        await world.recordInbox()
        try end(outcomes)
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
            let outcome = try folder.write(file.digest, as: file.name, from: vault)
            return RestoreOutcome(file: file, isNew: outcome == .written, failure: nil)
        } catch let failure as StoreError {
            guard case .damaged(let digest) = failure.kind else {
                return RestoreOutcome(file: file, isNew: false, failure: failure.detail)
            }
            return RestoreOutcome(
                file: file,
                isNew: false,
                failure: failure.detail + Self.advice(on: digest),
                isDamaged: true
            )
        } catch let failure as VaultError {
            return RestoreOutcome(file: file, isNew: false, failure: failure.detail)
        } catch { return RestoreOutcome(file: file, isNew: false, failure: "\(error)") }
    }

    private static func advice(on digest: ContentDigest) -> String {
        "; see whether it can be healed: larkive repair sha256:\(digest.hex.prefix(12))"
    }

    /// What was found damaged is recorded, so that nobody takes it for good from now on.
    private func noteDamage(_ outcomes: [RestoreOutcome], _ vault: ReadingVault, _ world: World) {
        for outcome in outcomes where outcome.isDamaged {
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

    private func end(_ outcomes: [RestoreOutcome]) throws {
        if outcomes.contains(where: \.isDamaged) { throw Stop(code: .damaged) }
        if outcomes.contains(where: { $0.failure != nil }) { throw Stop(code: .partial) }
    }
}

struct RestoreOutcome {
    let file: RestorePlan.File
    let isNew: Bool
    let failure: String?
    var isDamaged = false
}

/// Which bytes are written under which names.
///
/// Names that are equal but for case and form all get the beginning of their digest; the same
/// bytes under one name are written once.
struct RestorePlan {
    struct File {
        let row: FileRow
        let digest: ContentDigest
        let name: String
    }

    let files: [File]

    init(_ rows: [FileRow]) throws(UsageError) {
        var contents: [String: Set<ContentDigest>] = [:]
        for row in rows {
            guard let digest = row.sha256 else {
                throw UsageError(
                    "\(row.key) is not in the archive: \(row.state)",
                    hint: "see why: larkive problems",
                    exitCode: .partial
                )
            }
            contents[Self.folded(row.name), default: []].insert(digest)
        }
        var (files, seen) = ([File](), Set<String>())
        for row in rows {
            guard let digest = row.sha256 else { continue }
            let isShared = (contents[Self.folded(row.name)]?.count ?? 0) > 1
            let name = SafeName.make(row.name, distinguishing: isShared ? digest : nil)
            if seen.insert(name).inserted {
                files.append(File(row: row, digest: digest, name: name))
            }
        }
        self.files = files
    }

    // Swift compares texts by canonical equivalence, so composed and decomposed forms are equal.
    private static func folded(_ name: String) -> String { SafeName.make(name).lowercased() }
}

/// KEY of the command line: a number, a digest's beginning, or an attachment key.
struct KeyArgument {
    private let text: String

    init(_ text: String) { self.text = text }

    func rows(in manifest: SQLiteManifest) throws -> [FileRow] {
        var query = FileQuery()
        var rows: [FileRow] = []
        if text.allSatisfy(\.isNumber), let number = Int64(text) {
            query.id = number
        } else if let digits = digestDigits {
            query.sha256Prefix = digits
        } else if text.contains(":") {
            query.equal["key"] = text
        } else {
            rows = try olderVersion(in: manifest)
            guard rows.isEmpty else { return rows }
            throw UsageError(
                "`\(text)` is no KEY",
                hint: "look it up: larkive find \(text)"
            )
        }
        rows = try manifest.find(query)
        if rows.isEmpty { rows = try olderVersion(in: manifest) }
        guard !rows.isEmpty else {
            throw UsageError("nothing has the key `\(text)`", hint: "look it up: larkive find")
        }
        let digests = Set(rows.compactMap(\.sha256))
        guard query.sha256Prefix == nil || digests.count == 1 else {
            throw UsageError(
                "`\(text)` is the beginning of \(digests.count) digests",
                hint: "give more digits: "
                    + digests.sorted().prefix(5).map { String($0.hex.prefix(16)) }
                    .joined(separator: ", ")
            )
        }
        // A digest means all attachments with it; its bytes are written once, by the oldest.
        return query.sha256Prefix == nil ? rows : Array(rows.sorted { $0.id < $1.id }.prefix(1))
    }

    /// `4711@1` or `task:…@1`: a content that was replaced in Feishu since.
    private func olderVersion(in manifest: SQLiteManifest) throws -> [FileRow] {
        guard let at = text.lastIndex(of: "@"), let version = Int64(text[text.index(after: at)...])
        else { return [] }
        var query = FileQuery()
        query.olderVersions = true
        query.version = version
        let key = String(text[..<at])
        if let number = Int64(key) { query.id = number } else { query.equal["key"] = key }
        return try manifest.find(query)
    }

    private var digestDigits: String? {
        let digits = Filters.withoutPrefix(text)
        let isHex = digits.allSatisfy { $0.isHexDigit && !$0.isUppercase }
        return digits.count >= 6 && isHex ? digits : nil
    }
}
