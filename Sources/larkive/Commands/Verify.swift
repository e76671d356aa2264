import ArgumentParser
import LarkiveCore
import LarkiveVault

struct Verify: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        abstract: "Check objects, manifest and audit log against each other: one verdict."
    )

    @OptionGroup var options: CommonOptions
    @Flag(help: "Read and hash every object, too.") var readData = false
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let world = try World.live(options)
        let vault = try world.reading()
        let state = world.state(of: vault.identity.id)
        let verdict = try vault.verify(readingData: readData, state: state)
        show(verdict)
        try? vault.note(event(verdict, world), at: world.clock.now())
        // What is wrong stays as it is until somebody has looked at it.
        if verdict.isOK { await world.recordInbox() }
        if let code = verdict.exitCode { throw Stop(code: code) }
    }

    private func event(_ verdict: Verification, _ world: World) -> AuditEvent {
        AuditEvent(
            .verifyFinished,
            [
                "ok": .bool(verdict.isOK), "objects": .integer(verdict.objects),
                "bytes": .integer(verdict.bytes), "read_data": .bool(readData),
                "findings": .array(
                    Set(verdict.findings.map(\.code.rawValue)).sorted().map(JSON.string)
                ),
            ],
            hidden: ["actor": .object(world.actor)]
        )
    }

    private func show(_ verdict: Verification) {
        if json { return Terminal.print(verdict.json) }
        for finding in verdict.findings {
            Terminal.print(
                "\(finding.code.rawValue) \(finding.code)  \(Terminal.escaped(finding.subject)): "
                    + Terminal.escaped(finding.detail)
            )
        }
        let read = readData ? "read and hashed" : "looked at (add --read-data to hash them)"
        Terminal.print(
            "\(verdict.isOK ? "ok" : "NOT OK"): \(Figures.count(verdict.objects, "object", "objects")) "
                + "\(read), \(Figures.bytes(verdict.bytes)); "
                + "\(Figures.count(verdict.attachments, "attachment", "attachments")), "
                + "\(Figures.count(verdict.auditRecords, "audit record", "audit records"))"
        )
    }
}

extension Verification {
    var exitCode: LarkiveCore.ExitCode? {
        guard !isOK else { return nil }
        return findings.contains(where: { $0.code.isError && $0.code.isAudit }) ? .audit : .damaged
    }
}
