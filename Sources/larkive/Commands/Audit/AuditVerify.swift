import ArgumentParser
import FoundationEssentials
import LarkiveCore
import LarkiveVault

struct AuditVerify: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check lines, commitments, tree and signatures of the log, or of a copy.",
        discussion: """
            What somebody kept elsewhere proves more than the folder can prove of itself: a note \
            (larkive audit checkpoint) that nothing before it was cut off or changed, a key \
            (larkive audit key) that nobody else has signed. With --key the keys in the folder \
            are not trusted, but for those that the given one vouches for.
            """
    )

    @OptionGroup var options: CommonOptions
    @Option(help: ArgumentHelp("A copy of a folder audit, not the archive's.", valueName: "copy"))
    var dir: String?
    @Option(help: ArgumentHelp("A file with a note that was kept elsewhere.", valueName: "note"))
    var checkpoint: [String] = []
    @Option(help: ArgumentHelp("A key that was kept elsewhere, or its file.", valueName: "vkey"))
    var key: [String] = []
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let report = AuditReport(check: try dir.map(copy) ?? live())
        if json { Terminal.print(report.json) } else { report.lines.forEach(Terminal.print) }
        if let code = report.exitCode { throw Stop(code: code) }
    }

    private func copy(_ dir: String) throws -> AuditCheck {
        var check = try AuditCheck(ofCopyAt: dir)
        check.witnesses = try outside(Witnesses())
        try check.run()
        check.checkNames()
        return check
    }

    /// Looks again when something seems wrong and a run was there meanwhile.
    private func live() throws -> AuditCheck {
        let world = try World.live(options)
        let path = world.config.archive
        let identity = try ReadingVault.identity(at: path)
        var left = LogEnd.looks
        while true {
            let before = try LogEnd(at: path)
            var check = try AuditCheck(at: world.auditFolder)
            var witnesses = Witnesses.state(world.state(of: identity.id), of: identity.id)
            witnesses.copies = world.config.auditCopies
            witnesses.isRunning = ReadingVault.runningProbe(at: path)
            check.witnesses = try outside(witnesses)
            let applied = try? world.reading().manifest.appliedSeq()
            try check.run()
            check.checkNames()
            if let applied { check.compare(withManifestAt: applied) }
            left -= 1
            let doubtful = check.findings.contains(where: \.code.isError)
            guard left > 0, doubtful, try before.hasMoved(at: path) else { return check }
        }
    }

    private func outside(_ known: Witnesses) throws -> Witnesses {
        var witnesses = known
        witnesses.notes = try checkpoint.map { ($0, try Self.text(of: $0)) }
        witnesses.keys = try key.flatMap(Self.verifiers)
        return witnesses
    }

    private static func text(of file: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw UsageError(
                "\(file) cannot be read",
                hint: "name a file, or for --key the key itself, as larkive audit key prints it"
            )
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A key, or a file of keys with one in each line, as `larkive audit key` prints them.
    private static func verifiers(_ argument: String) throws -> [VerifierKey] {
        if let key = VerifierKey(argument) { return [key] }
        let lines = try text(of: argument).split(separator: "\n")
        let keys = lines.compactMap { VerifierKey(String($0)) }
        if !keys.isEmpty, keys.count == lines.count { return keys }
        throw UsageError("\(argument) is no verification key", hint: "larkive audit key prints it")
    }
}

/// What a check of the log has shown, for people and for programs.
struct AuditReport {
    let check: AuditCheck

    var isOK: Bool { !check.findings.contains(where: \.code.isError) }

    /// What is wrong with the manifest is no fault of the log.
    var exitCode: LarkiveCore.ExitCode? {
        let errors = check.findings.map(\.code).filter(\.isError)
        guard !errors.isEmpty else { return nil }
        return errors.contains(where: \.isAudit) ? .audit : .damaged
    }

    var json: JSON {
        .object([
            "ok": .bool(isOK), "size": .integer(check.size),
            "sealed": .integer(check.sealed), "root": .string(check.root.hex),
            "signed_by": check.signedBy.map(JSON.string),
            "covered": check.covered.map {
                .object(["size": .integer($0.size), "note": .string($0.note)])
            },
            "open": check.open.map {
                .object(["records": JSON($0.records), "running": $0.isRunning.map(JSON.bool)])
            },
            "waiting": JSON(check.waiting),
            "findings": .array(check.findings.map(\.json)),
            "not_excluded": .array(check.notExcluded.map(JSON.string)),
        ])
    }

    var lines: [String] {
        var lines = check.findings.map { finding in
            "\(finding.code.rawValue)  \(finding.subject.shown): "
                + finding.detail.shown
        }
        lines.append(
            "\(isOK ? "ok" : "NOT OK"): \(Figures.count(check.size, "record", "records")), "
                + "\(check.sealed) sealed, root \(check.root.hex)"
        )
        if let cover = check.covered {
            lines.append(
                "covers records 0 to \(cover.size - 1), anchored by \(cover.note.shown)"
            )
        }
        if let key = check.signedBy { lines.append("signed by \(key)") }
        if check.waiting > 0 {
            let events = check.waiting == 1 ? "1 event waits" : "\(check.waiting) events wait"
            lines.append("\(events) in the inbox, to be recorded by the next run")
        }
        return lines + check.notExcluded.map { "not excluded: \($0)" }
    }
}
