import ArgumentParser
import Testing

@testable import larkive

/// What is said of every command.
@Suite struct CommandNameTests {
    @Test func `every command says its name`() {
        let commands = Self.all(below: Larkive.self)
        #expect(commands.count > 15)
        let silent = commands.filter { $0.configuration.commandName == nil }
        #expect(silent.map { "\($0)" } == [])
    }

    private static func all(below command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        [command] + command.configuration.subcommands.flatMap(all)
    }
}
