import ArgumentParser
import LarkiveCore
import LarkiveVault

struct AuditKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Print the keys that verify the log, oldest first; or change to a new one.",
        subcommands: [AuditKeyPrint.self, AuditKeyRotate.self],
        defaultSubcommand: AuditKeyPrint.self
    )
}

struct AuditKeyPrint: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "print",
        abstract: "Print the keys that verify the log, oldest first (the default).",
        discussion: """
            Keep a copy of what this prints where the archive's administrator cannot write.
            """
    )

    @OptionGroup var options: CommonOptions
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() async throws {
        let world = try World.live(options)
        _ = try ReadingVault.identity(at: world.config.archive)
        try LogKeys(at: world.auditFolder).show(asJSON: json)
    }
}

struct AuditKeyRotate: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Change to a new key, which the former one vouches for.",
        discussion: """
            The former key signs the record that names the new one, so that whoever holds the \
            former one can follow; from then on it signs nothing. Keep a copy of what this prints \
            where the archive's administrator cannot write.
            """
    )

    @OptionGroup var options: CommonOptions
    @Option(help: "Why the key is changed; kept in the log, as a private part.")
    var reason: String?
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() async throws {
        let world = try World.live(options)
        let vault = try await world.writing(world.newRun())
        _ = try await vault.rotateKey(hidden: world.reason(reason))
        vault.cleanUp()
        try LogKeys(at: world.auditFolder).show(asJSON: json)
    }
}

extension LogKeys {
    fileprivate func show(asJSON: Bool) throws {
        if keys.isEmpty {
            throw UsageError(
                "tlog/keys has no key",
                hint: "the next run makes it again from the key in STATE: larkive sync",
                exitCode: .audit
            )
        }
        for key in keys { show(key, asJSON) }
    }

    private func show(_ key: Key, _ asJSON: Bool) {
        guard asJSON else {
            Terminal.print(key.key.description)
            if let change = key.change { Terminal.note("\(key.key.name): \(change.origin)") }
            return
        }
        Terminal.print(
            .object([
                "key": .string(key.key.description), "origin": .string(key.key.name),
                "from": .integer(key.change.map { $0.seq + 1 } ?? 0),
                "kind": .string(key.change?.word ?? "created"),
                "cut": key.change.flatMap(\.cutJSON),
            ])
        )
    }
}

extension KeyChange {
    var word: String { kind == .rotated ? "rotated" : "restarted" }

    var origin: String {
        kind == .rotated ? "the former key vouches for it in record \(seq), \(time)" : words
    }

    var cutJSON: JSON? {
        cut.isEmpty ? nil : .array([.integer(cut.lowerBound), .integer(cut.upperBound - 1)])
    }
}

struct AuditRestart: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract:
            "Go on with a new key after a lost key, a lost state folder or a restored backup.",
        discussion: """
            Keeps every record that is here, records what had been signed before and is cut off, \
            and signs with a new key. Every later report names the cut. Refused while the log is \
            in order, and while records are damaged: those have to come from a backup first. \
            Keep the new key where you kept the former one.
            """
    )

    @OptionGroup var options: CommonOptions
    @Option(help: "Why; kept in the log, as a private part.") var reason: String
    @Flag(help: "Restart a log that is in order, too.") var force = false

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason is empty") }
    }

    func run() async throws {
        let world = try World.live(options)
        let (vault, change) = try await world.restarting(
            world.newRun(),
            isForced: force,
            hidden: world.reason(reason)
        )
        vault.cleanUp()
        Terminal.note(change.words)
        Terminal.print(change.key.description)
    }
}
