import Testing

@testable import LarkiveCore

/// What a run calls itself by after its parts have failed.
@Suite struct RunReportTests {
    private static let malformed = RunFailure.manifest(ManifestError(.damaged, "malformed"))
    private static let disk = RunFailure.audit(AuditError(.notWritable, "Input/output error"))

    private static func summary(_ failures: [RunFailure]) -> RunSummary {
        let clock = Timestamp.epoch
        let run = RunID.rehearsal
        var report = RunReport(
            SyncSettings(
                run: run,
                sources: [],
                isRestricted: false,
                inlineImages: true,
                parallel: 2,
                limits: RunLimits(deadline: clock),
                openingEvents: []
            )
        )
        for failure in failures { report.note(failure) }
        return report.summary(run: run, started: clock, finished: clock)
    }

    @Test func `a manifest that seems malformed while the disk fails is not called damaged`() {
        for failures in [[Self.malformed, Self.disk], [Self.disk, Self.malformed]] {
            let summary = Self.summary(failures)
            #expect(summary.conditions == [.notWritable])
            #expect(summary.exitCode == .space)
            #expect(summary.unseen == ["Input/output error"])
        }
    }

    @Test func `a malformed manifest on a sound disk is damaged, and told once`() {
        let summary = Self.summary([Self.malformed, Self.malformed])
        #expect(summary.conditions == [.damaged])
        #expect(summary.unseen == ["malformed; make it again from the log: larkive rebuild"])
    }
}
