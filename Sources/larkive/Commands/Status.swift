import ArgumentParser
import LarkiveCore
import LarkiveFeishu
import LarkiveVault

struct Status: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        abstract: "Show the last run, what each source has in the archive, and what is open."
    )

    @OptionGroup var options: CommonOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let world = try World.live(options)
        let vault = try world.reading()
        let report = StatusReport(
            status: try vault.manifest.status(),
            archive: world.config.archive,
            free: try vault.freeBytes(),
            inbox: vault.inbox.count(),
            consent: try world.consent()
        )
        if json { return Terminal.print(report.json) }
        for line in report.lines { Terminal.print(Terminal.escaped(line)) }
    }
}

/// The state of an archive and of what it needs to go on.
private struct StatusReport {
    let status: ArchiveStatus
    let archive: String
    let free: Int64?
    let inbox: Int
    /// Nil while larkive acts for the tenant.
    let consent: Consent?

    var lines: [String] {
        status.lines(archive: archive, free: free)
            + [
                consent.map {
                    "consent        \(Figures.count($0.daysLeft, "day", "days")) left, until \($0.ends.date)"
                }
            ].compactMap { $0 }
    }

    var json: JSON {
        guard case .object(var object) = status.json(archive: archive, free: free, inbox: inbox)
        else { return .null }
        if let consent { object.append("consent_days", .integer(consent.daysLeft)) }
        return .object(object)
    }
}

extension ArchiveStatus {
    func lines(archive: String, free: Int64?) -> [String] {
        var lines = ["archive        \(archive)"]
        if let run = lastRun {
            let end = run.finished.map { "\(run.outcome ?? "ended") at \($0)" } ?? "not ended"
            lines.append("last run       \(run.run): \(end)")
        } else {
            lines.append("last run       none yet")
        }
        lines.append("last complete  \(lastComplete ?? "never")")
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

    func json(archive: String, free: Int64?, inbox: Int) -> JSON {
        .object([
            "archive": .string(archive),
            "last_run": lastRun.map { run in
                .object([
                    "run": .string(run.run), "outcome": run.outcome.map(JSON.string),
                    "exit_code": run.exitCode.map(JSON.integer),
                    "finished": run.finished.map(JSON.string),
                ])
            },
            "last_complete": lastComplete.map(JSON.string),
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
            "free_bytes": free.map(JSON.integer), "inbox": JSON(inbox),
        ])
    }
}
