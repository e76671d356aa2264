import ArgumentParser
import LarkiveCore
import LarkiveVault

struct Problems: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "problems",
        abstract: "List what is not archived and should be: why, how often tried, what to do.",
        discussion: """
            KEY is the number or the key that this command prints. What is accepted counts as \
            skipped from then on, and status and summaries go on saying how much that is.
            """
    )

    @OptionGroup var options: CommonOptions
    @Flag(help: "Print one JSON object per line.") var json = false
    @Option(help: ArgumentHelp("Make an item due in the next run.", valueName: "key"))
    var retry: [String] = []
    @Flag(help: "Make all items due in the next run.") var retryAll = false
    @Option(help: ArgumentHelp("Go without an attachment for good.", valueName: "key"))
    var accept: [String] = []
    @Option(help: "Why it is accepted; recorded in the audit log.") var reason: String?

    func validate() throws {
        let why = reason ?? ""
        if !accept.isEmpty, why.allSatisfy(\.isWhitespace) {
            throw ValidationError("--accept needs --reason TEXT: who reads the log wants to know")
        }
        if accept.isEmpty, reason != nil { throw ValidationError("--reason goes with --accept") }
    }

    func run() async throws {
        let world = try World.live(options)
        if retryAll || !retry.isEmpty || !accept.isEmpty { return try await decide(world) }
        try list(world)
    }

    private func decide(_ world: World) async throws {
        let vault = try await world.writing(world.newRun())
        defer { vault.cleanUp() }
        let items = try ProblemItem.all(in: vault.manifest)
        let accepted = try accept.map { try ProblemItem.meant(by: $0, among: items) }
        // What is damaged or lost is no work for a run.
        let due =
            retryAll
            ? items.filter { !$0.isObject }
            : try retry.map { try ProblemItem.meant(by: $0, among: items) }
        let hidden: JSONObject = [
            "actor": .object(world.actor), "reason": reason.map(JSON.string),
        ]
        let retries = try due.map { try $0.retried(hidden) }
        let acceptances = try accepted.flatMap { try $0.accepted(hidden, world) }
        try await vault.record(retries + acceptances)
        try await vault.journal.seal()
        Terminal.print(
            "\(Figures.count(Int64(due.count), "item is", "items are")) due in the next run, "
                + "\(Figures.count(Int64(accepted.count), "is", "are")) accepted"
        )
    }

    private func list(_ world: World) throws {
        let vault = try world.reading()
        let problems = try vault.manifest.problems()
        for problem in problems {
            if json { Terminal.print(problem.json) } else { show(problem) }
        }
        let damaged = try vault.manifest.damagedObjects()
        for object in damaged {
            if json { Terminal.print(object.json) } else { show(object) }
        }
        if json { return }
        // What a walk could not see is no item, and still not archived.
        let unseen = try vault.lastUnseen()
        for words in unseen { Terminal.print("in the last run: \(words)".shown) }
        if problems.isEmpty, damaged.isEmpty, unseen.isEmpty { Terminal.print("no open problems") }
    }

    private func show(_ object: DamagedObject) {
        Terminal.print("object  \(object.digest)")
        for key in object.carriers { Terminal.print("    carried by \(key)".shown) }
        Terminal.print("    found damaged at \(object.since)")
        Terminal.print("    hint: \(DamagedObject.hint)")
    }

    private func show(_ problem: LedgerRow) {
        let what =
            problem.file.map { "\($0.id)  \($0.name)  \($0.key)" }
            ?? "\(problem.digest == nil ? "message" : "object")  \(problem.key)"
        Terminal.print(what.shown)
        Terminal.print(
            "    \(problem.reason?.rawValue ?? "unknown"): \(problem.detail)".shown
        )
        for key in problem.carriers { Terminal.print("    carried by \(key)".shown) }
        if problem.digest != nil {
            Terminal.print("    lost since \(problem.firstFailed)")
            return Terminal.print("    hint: \(problem.reason?.hint ?? "")")
        }
        Terminal.print(
            "    failed in \(Figures.count(problem.attempts, "run", "runs")) since "
                + "\(problem.firstFailed), next try from \(problem.nextTry)"
        )
        if problem.file?.vanished != nil {
            Terminal.print("    it is no longer in Feishu: archiving it is not possible any more")
            Terminal.print(
                "    hint: larkive problems --accept \(problem.file?.id ?? 0) --reason …"
            )
        } else if let hint = problem.reason?.hint {
            Terminal.print("    hint: \(hint)")
        }
    }
}
