import ArgumentParser
import LarkiveCore
import LarkiveVault

struct AuditKey: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Print the keys that verify the log, oldest first; or change to a new one.",
        discussion: """
            `audit key rotate` makes a new key. The former one signs the record that names it, so \
            that whoever holds the former one can follow. Keep a copy of what this prints where \
            the archive's administrator cannot write.
            """
    )

    enum Action: String, ExpressibleByArgument, CaseIterable { case rotate }

    @OptionGroup var options: CommonOptions
    @Argument(help: "rotate: change to a new key.") var action: Action?
    @Option(help: "Why the key is changed; kept in the log, as a private part.")
    var reason: String?
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() async throws {
        let world = try World.live(options)
        _ = try ReadingVault.identity(at: world.config.archive)
        if action == .rotate {
            let vault = try await world.writing(world.newRun())
            _ = try await vault.rotateKey(hidden: world.reason(reason))
            vault.cleanUp()
        }
        for key in try LogKeys(at: world.auditFolder).keys { show(key) }
    }

    private func show(_ key: LogKeys.Key) {
        guard json else {
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
