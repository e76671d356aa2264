import ArgumentParser
import LarkiveCore
import LarkiveFeishu
import LarkiveVault

struct Status: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the last run, what each source has in the archive, and what is open."
    )

    @OptionGroup var options: CommonOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let world = try World.live(options)
        let vault = try world.reading()
        let report = StatusReport(
            status: try vault.status(),
            now: world.clock.now(),
            archive: world.config.archive,
            free: try vault.freeBytes(),
            inbox: vault.inbox.count(),
            restarts: try vault.manifest.restarts(),
            vault: VaultFigures(
                oldestUnverified: try vault.manifest.oldestUnverified(at: world.clock.now()),
                damage: try vault.manifest.damage(),
                checkpoint: vault.lastCheckpoint(),
                quarantined: vault.quarantineBytes()
            ),
            consent: try world.consent()
        )
        if json { return Terminal.print(report.json) }
        for line in report.lines { Terminal.print(line.shown) }
    }
}

/// The state of an archive and of what it needs to go on.
private struct StatusReport {
    let status: ArchiveStatus
    let now: Timestamp
    let archive: String
    let free: Int64?
    let inbox: Int
    let restarts: [LogRestart]
    let vault: VaultFigures
    /// Nil while larkive acts for the tenant.
    let consent: Consent?

    var lines: [String] {
        status.lines(archive: archive, free: free, at: now) + vault.lines
            + [
                consent.map {
                    "consent        \(Figures.count($0.daysLeft, "day", "days")) left, until \($0.ends.date)"
                }
            ].compactMap { $0 } + restarts.map { "log            \($0.words)" }
    }

    var json: JSON {
        guard case .object(var object) = status.json(self)
        else { return .null }
        if !restarts.isEmpty {
            object.append("log_restarts", .array(restarts.map { .string($0.words) }))
        }
        for member in vault.json.members { object.append(member.name, member.value) }
        if let consent { object.append("consent_days", .integer(consent.daysLeft)) }
        return .object(object)
    }
}

/// What is known of objects and log beyond the last run.
private struct VaultFigures {
    let oldestUnverified: String?
    let damage: Damage
    let checkpoint: (size: Int64, time: Timestamp?)?
    let quarantined: Int64

    var lines: [String] {
        var lines: [String] = []
        if let oldestUnverified {
            let others = damage.damaged + damage.lost + damage.accepted > 0 ? "other " : ""
            lines.append(
                "verified       every \(others)object was good at \(oldestUnverified) or later"
            )
        }
        if let checkpoint {
            let time = checkpoint.time.map { " at \($0)" } ?? ""
            lines.append("signed         \(checkpoint.size) records\(time)")
        }
        if quarantined > 0 { lines.append("quarantine     \(Figures.bytes(quarantined))") }
        if damage.damaged > 0 {
            lines.append("DAMAGED        \(objects(damage.damaged)); see larkive repair")
        }
        if damage.lost > 0 {
            lines.append("LOST           \(objects(damage.lost)); see larkive problems")
        }
        if damage.accepted > 0 {
            lines.append("accepted       \(objects(damage.accepted)) lost, which was accepted")
        }
        return lines
    }

    private func objects(_ count: Int64) -> String { Figures.count(count, "object", "objects") }

    var json: JSONObject {
        [
            "oldest_unverified": oldestUnverified.map(JSON.string),
            "last_checkpoint": checkpoint.map { note in
                .object([
                    "size": .integer(note.size), "time": note.time.map { .string($0.description) },
                ])
            },
            "quarantine_bytes": .integer(quarantined),
            "damaged_objects": .integer(damage.damaged), "lost_objects": .integer(damage.lost),
            "accepted_objects": .integer(damage.accepted),
        ]
    }
}

extension ArchiveStatus {
    fileprivate func lines(archive: String, free: Int64?, at now: Timestamp) -> [String] {
        var lines = ["archive        \(archive)"]
        if let run = lastRun {
            let end = run.finished.map { "\(run.outcome ?? "ended") at \($0)" } ?? "not ended"
            lines.append("last run       \(run.run): \(end)")
        } else {
            lines.append("last run       none yet")
        }
        lines.append("last complete  \(lastComplete ?? "never")")
        if isAhead(of: now) {
            lines.append(
                "CLOCK          that is in the future (it is \(now)): the clock is wrong now, or "
                    + "was then"
            )
        }
        lines.append(
            "stored         \(Figures.count(objects, "object", "objects")), \(Figures.bytes(bytes))"
        )
        if let free { lines.append("free           \(Figures.bytes(free))") }
        for source in sources {
            lines.append(
                "source         \(source.name): \(source.held) held, \(source.failed) failed, "
                    + "\(source.pending) pending, \(source.skipped) skipped, "
                    + "\(source.unread) messages unread; complete "
                    + (source.lastComplete.map { "at \($0)" } ?? "never")
                    + (source.accepted > 0 ? "; \(source.accepted) accepted as missing" : "")
                    + (source.isBlind ? "; BLIND: no attachments are shown" : "")
            )
        }
        if ledger > 0 {
            lines.append(
                "open           \(Figures.count(ledger, "problem", "problems")), the oldest since "
                    + "\(oldestUnarchived ?? "?"); see larkive problems"
            )
        }
        return lines
    }

    /// Whether what is told of runs is later than now.
    private func isAhead(of now: Timestamp) -> Bool {
        lastRun?.isInFuture(at: now) == true
            || (lastComplete.flatMap { Timestamp($0) } ?? .epoch) > now
    }

    fileprivate func json(_ report: StatusReport) -> JSON {
        .object([
            "archive": .string(report.archive),
            "last_run": lastRun.map { run in
                .object([
                    "run": .string(run.run), "outcome": run.outcome.map(JSON.string),
                    "exit_code": run.exitCode.map(JSON.integer),
                    "finished": run.finished.map(JSON.string),
                ])
            },
            "last_complete": lastComplete.map(JSON.string),
            "clock_ahead": .bool(isAhead(of: report.now)),
            "sources": .array(
                sources.map { source in
                    .object([
                        "source": .string(source.name),
                        "last_complete_listing": source.lastComplete.map(JSON.string),
                        "held": .integer(source.held), "failed": .integer(source.failed),
                        "pending": .integer(source.pending),
                        "accepted": .integer(source.accepted),
                        "skipped": .integer(source.skipped),
                        "unread": .integer(source.unread),
                        "vanished": .integer(source.vanished),
                        "blind": .bool(source.isBlind),
                    ])
                }
            ),
            "oldest_unarchived": oldestUnarchived.map(JSON.string),
            "ledger": .integer(ledger), "objects": .integer(objects), "bytes": .integer(bytes),
            "free_bytes": report.free.map(JSON.integer), "inbox": JSON(report.inbox),
        ])
    }
}
