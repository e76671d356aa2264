import ArgumentParser
import FoundationEssentials
import LarkiveCore
import LarkiveVault
import Synchronization

/// The program: one verb for each thing that people do with an archive.
struct Larkive: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "larkive",
        abstract: "Keeps a complete, provable copy of the attachments in Feishu mail and tasks.",
        discussion: "Exit codes and the config file are described in docs/operating.md.",
        version: version,
        // Each says its name: to make one of its type takes a part of every start.
        subcommands: [
            Init.self, Sync.self, Status.self, Problems.self, Find.self, WhoHas.self, Show.self,
            Restore.self, Export.self,
            Doctor.self, Verify.self, Repair.self, RebuildCommand.self, ManifestCommand.self,
            AuditCommand.self,
            Login.self,
        ]
    )
}

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: "The config file; else $LARKIVE_CONFIG and the usual places.")
    var config: String?
}

@main
enum Program {
    /// All until the command begins is done on the only thread that there is: the sandbox holds
    /// for those that it starts.
    nonisolated static func main() {
        Start.openStandardStreams()
        Start.keepMemoryClosed()
        Start.growMemoryInLargeSteps()
        Signals.ignoreDeadly()
        do {
            let command = try Larkive.parseAsRoot(globalConfigFirst(CommandLine.arguments))
            try Start.allowOpenFiles()
            try Start.refuseLittleMemory()
            if let restore = command as? Restore { try restore.takeArchive() }
            try (command as? any Sandboxed)?.enterSandbox()
            if !(command is any StopsCleanly) { Signals().endAtOnce() }
            let parsed = Parsed(command)
            Start.run { await run(parsed.take()) }
        } catch { end(with: error) }
    }

    private static func run(_ parsed: sending (any ParsableCommand)?) async -> Never {
        do {
            guard var command = parsed else { exit(.unclassified) }
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch { end(with: error) }
        exit(.complete)
    }

    /// `larkive --config FILE sync` is `larkive sync --config FILE`: the option belongs to every verb.
    static func globalConfigFirst(_ arguments: [String]) -> [String] {
        var rest = Array(arguments.dropFirst())
        var moved: [String] = []
        if rest.first == "--config", rest.count >= 3 {
            moved = Array(rest.prefix(2))
            rest.removeFirst(2)
        } else if let first = rest.first, first.hasPrefix("--config="), rest.count >= 2 {
            moved = [rest.removeFirst()]
        }
        // To look for the names of commands takes a millisecond.
        guard !moved.isEmpty else { return DashedWords.last(rest) }
        // Where nothing names a command it is that which is wrong, not the option.
        let verbs = verbs(in: rest)
        guard verbs > 0 else { return rest }
        return DashedWords.last(Array(rest.prefix(verbs)) + moved + rest.dropFirst(verbs))
    }

    /// How many words at the beginning name a command, and one below it, and so on.
    private static func verbs(in words: [String]) -> Int {
        var (command, count): (any ParsableCommand.Type, Int) = (Larkive.self, 0)
        for word in words {
            let below = command.configuration.subcommands
            guard let next = below.first(where: { $0._commandName == word }) else { break }
            (command, count) = (next, count + 1)
        }
        return count
    }

    private static func end(with error: any Error) -> Never {
        switch error {
        case let stop as Stop: exit(stop.code)
        case let failure as UsageError:
            Terminal.complain(failure.message, hint: failure.hint)
            exit(failure.exitCode)
        case is VaultError, is ManifestError, is StoreError, is AuditError:
            let failure = VaultError(error)
            Terminal.complain(failure.detail, hint: failure.hint)
            exit(failure.kind.exitCode)
        case let failure as SourceError:
            Terminal.complain(failure.detail, hint: failure.hint)
            exit(failure.exitCode)
        default: endParsing(error)
        }
    }

    private static func endParsing(_ error: any Error) -> Never {
        let code = Larkive.exitCode(for: error)
        let text = Larkive.fullMessage(for: error)
        if code == .success {
            Terminal.print(text)
            exit(.complete)
        }
        let prefix = "Error: "
        let words = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
        Terminal.raw("larkive: \(words)\n")
        exit(code == .validationFailure ? .usage : .unclassified)
    }

    private static func exit(_ code: LarkiveCore.ExitCode) -> Never {
        Larkive.exit(withError: ArgumentParser.ExitCode(code.rawValue))
    }
}

/// A command on its way from the first thread to the one that runs it; parsing takes milliseconds.
private final class Parsed: Sendable {
    private let command: Mutex<(any ParsableCommand)?>

    init(_ command: sending any ParsableCommand) { self.command = Mutex(command) }

    /// Nil when it was taken before.
    func take() -> sending (any ParsableCommand)? {
        command.withLock { command in
            let taken = command
            command = nil
            return taken
        }
    }
}

/// Ends the program with a code; everything has been said already.
struct Stop: Error {
    let code: LarkiveCore.ExitCode
}

extension VaultError.Kind {
    var exitCode: LarkiveCore.ExitCode {
        switch self {
        case .noArchive: .noArchive
        case .locked: .locked
        case .exists, .notFound, .newerFormat, .otherBrand, .notOwner, .refused: .usage
        case .other: .unclassified
        case .damaged: .damaged
        case .auditDamaged, .rolledBack: .audit
        case .keyMissing: .key
        case .noSpace, .notWritable: .space
        }
    }
}

extension SourceError {
    var exitCode: LarkiveCore.ExitCode {
        switch kind {
        case .credentials, .forbidden: .human
        case .gone, .incomplete, .stopped: .partial
        case .unreachable: .unreachable
        case .temporary: .temporary
        case .quota: .limit
        }
    }
}
