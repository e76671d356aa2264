import ArgumentParser

/// Makes what larkive is measured with; not shipped.
@main
struct BenchmarksProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "larkive-benchmarks",
        abstract: "Make large archives to measure larkive with.",
        subcommands: [Make.self]
    )
}
