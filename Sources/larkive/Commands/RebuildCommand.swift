import ArgumentParser
import LarkiveCore
import LarkiveVault

struct RebuildCommand: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Make manifest.sqlite again from the audit log; needs no network."
    )

    @OptionGroup var options: CommonOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let world = try World.live(options)
        let records = try Rebuild(
            at: world.config.archive,
            clock: world.clock,
            rules: world.rules
        ).run { count in
            if Terminal.errorIsTerminal, !json { Terminal.raw("\rlarkive: \(count) records") }
        }
        if json { return Terminal.print(.object(["records": .integer(records)])) }
        if Terminal.errorIsTerminal { Terminal.raw("\r\u{1B}[K") }
        Terminal.print(
            "manifest.sqlite rebuilt from \(Figures.count(records, "record", "records"))"
        )
    }
}

struct ManifestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manifest",
        abstract: "Look into the manifest.",
        subcommands: [Dump.self]
    )

    struct Dump: AsyncParsableCommand, Sandboxed {
        static let configuration = CommandConfiguration(
            commandName: "dump",
            abstract: "Print every row in a stable order; what `rebuild` must reproduce."
        )

        @OptionGroup var options: CommonOptions
        @Flag(help: "Print one JSON object per line (the only form).") var json = false

        func run() async throws {
            try World.live(options).reading().manifest.dump { Terminal.print($0) }
        }
    }
}
