import ArgumentParser
import LarkiveCore
import LarkiveVault

struct Verify: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check objects, manifest and audit log against each other: one verdict.",
        discussion: """
            --sample and --max-duration read a part of the objects, and go on where the last look \
            ended; status shows since when the oldest of them has not been read.
            """
    )

    @OptionGroup var options: CommonOptions
    @Flag(help: "Read and hash every object, too.") var readData = false
    @Option(help: "Read and hash this part of the objects, like 5%.") var sample: Percentage?
    @Option(help: "Read and hash objects for this long, like 90s, 30m or 2h.")
    var maxDuration: TimeSpan?
    @Flag(help: "Print one JSON object.") var json = false

    private var reads: Bool { readData || sample != nil || maxDuration != nil }

    func run() async throws {
        let world = try World.live(options)
        let identity = try? ReadingVault.identity(at: world.config.archive)
        let state = identity.map { world.state(of: $0.id) }
        let verdict = try Verifier(
            at: world.config.archive,
            state: state,
            copies: world.config.auditCopies,
            clock: world.clock
        ).run(request(world))
        if Terminal.errorIsTerminal, reads { Terminal.raw("\r\u{1B}[K") }
        show(verdict)
        await record(verdict, world)
        if let code = verdict.exitCode { throw Stop(code: code) }
    }

    private func request(_ world: World) -> VerifyRequest {
        var request = VerifyRequest(readsData: reads, sample: sample?.part)
        if let span = maxDuration {
            let (clock, end) = (world.clock, world.clock.now().advanced(bySeconds: span.seconds))
            request.goesRound = true
            request.mayGoOn = { clock.now() < end }
        }
        if Terminal.errorIsTerminal, !json {
            request.progress = { objects, bytes in
                Terminal.raw("\rlarkive: \(objects) objects, \(Figures.bytes(bytes)) read ")
            }
        }
        return request
    }

    // MARK: recording

    /// What is wrong with log or manifest stays as it is until somebody has looked at it; damaged
    /// objects are recorded, so that nobody hands them out or takes them for good.
    private func record(_ verdict: Verification, _ world: World) async {
        let events = [event(verdict, world)] + damages(verdict, world)
        let codes = verdict.findings.map(\.code).filter(\.isError)
        if codes.allSatisfy(\.isOfObject), let vault = try? await world.writing(world.newRun()) {
            try? await vault.record(events)
            try? await vault.journal.seal()
            return vault.cleanUp()
        }
        // A run has the archive: it records what waits in the inbox.
        for event in events.prefix(1_000) {
            try? ReadingVault.note(event, at: world.clock.now(), in: world.config.archive)
        }
    }

    private func damages(_ verdict: Verification, _ world: World) -> [AuditEvent] {
        verdict.freshlyDamaged.map { digest in
            let detail = verdict.findings.first { $0.facts["sha256"]?.string == digest.hex }?.detail
            return .damaged(digest, detail ?? "", world.actor)
        }
    }

    private func event(_ verdict: Verification, _ world: World) -> AuditEvent {
        var record: JSONObject = [
            "ok": .bool(verdict.isOK), "objects": .integer(verdict.objects),
            "bytes": .integer(verdict.bytes), "read_data": .bool(reads),
            "findings": .array(
                Set(verdict.findings.map(\.code.rawValue)).sorted().map(JSON.string)
            ),
        ]
        // So many that the range would not be worth its record: it is left out.
        if let reading = verdict.reading, reading.unread.count <= 200 {
            record.append("from", .string(reading.from.hex))
            record.append("to", .string(reading.to.hex))
            record.append("started", .string(reading.started.description))
            record.append("unread", .array(reading.unread.map { .string($0.hex) }))
        }
        return AuditEvent(.verifyFinished, record, hidden: ["actor": .object(world.actor)])
    }

    // MARK: showing

    private func show(_ verdict: Verification) {
        for words in verdict.unasked { Terminal.note(words) }
        if json { return Terminal.print(verdict.json) }
        for finding in verdict.findings {
            Terminal.print(
                "\(finding.code.rawValue)  \(finding.subject.shown): "
                    + finding.detail.shown
            )
            for key in finding.facts["attachments"]?.array?.compactMap(\.string) ?? [] {
                Terminal.print("    carried by \(key.shown)")
            }
        }
        Terminal.print(summary(verdict))
        if verdict.findings.contains(where: { $0.code.isOfObject && $0.code.isError }) {
            Terminal.note("see whether Feishu still has the objects: larkive repair")
        }
    }

    private func summary(_ verdict: Verification) -> String {
        let some = verdict.reading.map {
            ", \(Figures.count($0.objects, "of them", "of them")) read and hashed"
        }
        let read =
            readData && sample == nil && maxDuration == nil
            ? " read and hashed" : some ?? " looked at (add --read-data to hash them)"
        return
            "\(verdict.isOK ? "ok" : "NOT OK"): \(Figures.count(verdict.objects, "object", "objects"))"
            + "\(read), \(Figures.bytes(verdict.bytes)); "
            + "\(Figures.count(verdict.attachments, "attachment", "attachments")), "
            + "\(Figures.count(verdict.auditRecords, "audit record", "audit records"))"
    }
}

/// A part of a whole as people write it: `5%`, `0.5%`, `100%`.
struct Percentage: ExpressibleByArgument, Sendable {
    let part: Double

    init?(argument: String) {
        guard argument.hasSuffix("%"), let number = Double(argument.dropLast()), number > 0,
            number <= 100
        else { return nil }
        part = number / 100
    }
}
