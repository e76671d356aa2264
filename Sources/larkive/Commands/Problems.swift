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
        let problems = try World.live(options).reading().manifest.problems()
        for problem in problems {
            if json { Terminal.print(problem.json) } else { show(problem) }
        }
        if problems.isEmpty, !json { Terminal.print("no open problems") }
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
