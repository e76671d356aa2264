import ArgumentParser
import LarkiveCore
import LarkiveVault

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read and check the audit log.",
        subcommands: [Log.self, Check.self]
    )

    struct Log: AsyncParsableCommand, Sandboxed {
        static let configuration = CommandConfiguration(
            abstract: "Print the records, oldest first, one JSON object per line."
        )

        @OptionGroup var options: CommonOptions
        @Flag(help: "Print the private parts as well: names, addresses, ids.") var `private` = false

        func run() async throws {
            let world = try World.live(options)
            _ = try ReadingVault.identity(at: world.config.archive)
            var check = try AuditCheck(at: "\(world.config.archive)/audit")
            try check.run { record in
                Terminal.print(record.json(withPrivate: `private`))
            }
            let errors = check.findings.filter(\.code.isError)
            for finding in errors {
                Terminal.complain("\(finding.subject): \(finding.detail)", hint: nil)
            }
            if !errors.isEmpty { throw Stop(code: .audit) }
        }
    }

    struct Check: AsyncParsableCommand, Sandboxed {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Check lines, commitments, tree and signatures of the log, or of a copy."
        )

        @OptionGroup var options: CommonOptions
        @Option(help: "A copy of a folder `audit` instead of the archive's own.") var dir: String?
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            var check: AuditCheck
            var seen: String?
            if let dir {
                check = try AuditCheck(at: dir)
            } else {
                let world = try World.live(options)
                let identity = try ReadingVault.identity(at: world.config.archive)
                seen = SeenNote.text(in: world.state(of: identity.id))
                check = try AuditCheck(at: "\(world.config.archive)/audit")
            }
            try check.run(seen: seen)
            show(check)
            if check.findings.contains(where: \.code.isError) { throw Stop(code: .audit) }
        }

        private func show(_ check: AuditCheck) {
            let isOK = !check.findings.contains(where: \.code.isError)
            if json {
                return Terminal.print(
                    .object([
                        "ok": .bool(isOK), "size": .integer(check.size),
                        "sealed": .integer(check.sealed), "root": .string(check.root.hex),
                        "signed_by": check.signedBy.map(JSON.string),
                        "findings": .array(check.findings.map(\.json)),
                        "not_excluded": .array(check.notExcluded.map(JSON.string)),
                    ])
                )
            }
            for finding in check.findings {
                Terminal.print(
                    "\(finding.code.rawValue) \(finding.code)  \(Terminal.escaped(finding.subject)): "
                        + Terminal.escaped(finding.detail)
                )
            }
            Terminal.print(
                "\(isOK ? "ok" : "NOT OK"): \(Figures.count(check.size, "record", "records")), "
                    + "\(check.sealed) sealed, root \(check.root.hex)"
            )
            if let key = check.signedBy { Terminal.print("signed by \(key)") }
            for words in check.notExcluded { Terminal.print("not excluded: \(words)") }
        }
    }
}

extension AuditRecord {
    fileprivate func json(withPrivate: Bool) -> JSON {
        var object: JSONObject = [
            "seq": .integer(seq), "time": .string(time.description),
            "run": .string(run.rawValue), "type": .string(event.type.rawValue),
        ]
        for member in event.record.members { object.append(member.name, member.value) }
        if withPrivate { object.append("private", .object(event.hidden)) }
        return .object(object)
    }
}
