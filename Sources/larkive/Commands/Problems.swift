import ArgumentParser
import LarkiveCore
import LarkiveVault

struct Problems: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what is not archived and should be: why, how often tried, what to do."
    )

    @OptionGroup var options: CommonOptions
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() async throws {
        let manifest = try World.live(options).reading().manifest
        let problems = try manifest.problems()
        for problem in problems {
            if json { Terminal.print(problem.json) } else { show(problem) }
        }
        if json { return }
        // What a walk could not see is no item, and still not archived.
        let unseen = try manifest.lastUnseen()
        for words in unseen { Terminal.print(Terminal.escaped("in the last run: \(words)")) }
        if problems.isEmpty, unseen.isEmpty { Terminal.print("no open problems") }
    }

    private func show(_ problem: LedgerRow) {
        let what =
            problem.file.map { "\($0.id)  \($0.name)  \($0.key)" }
            ?? "message \(problem.messageID ?? "?") of \(problem.source ?? "?")"
        Terminal.print(Terminal.escaped(what))
        Terminal.print(
            Terminal.escaped("    \(problem.reason?.rawValue ?? "unknown"): \(problem.detail)")
        )
        Terminal.print(
            "    failed in \(Figures.count(problem.attempts, "run", "runs")) since "
                + "\(problem.firstFailed), next try from \(problem.nextTry)"
        )
        if let hint = problem.reason?.hint { Terminal.print("    hint: \(hint)") }
    }
}
