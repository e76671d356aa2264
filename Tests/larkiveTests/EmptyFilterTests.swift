import Foundation
import LarkiveTesting
import Testing

/// What a shell makes of a variable that nobody has set.
@Suite(.scratchDirectory) struct EmptyFilterTests {
    @Test(arguments: [
        ["--name", ""], ["--from", " "], ["--task", "\u{200B}"], ["--mailbox", ""],
        ["--message", ""], ["--attachment", ""], ["--guid", ""], ["--file-token", ""],
        ["--sha256", ""], ["--source", ""], ["--after", ""], ["--before", ""], ["--min-size", ""],
        ["--max-size", ""],
    ])
    func `a filter that says nothing is not everything`(filter: [String]) throws {
        for command in [["find"], ["restore", "--to", "out"], ["export", "--format", "csv"]] {
            let said = try words(command + filter)
            #expect(said.contains("\(filter[0]) is empty"), "\(said)")
            #expect(said.contains("hint: give it a text, or leave it out"), "\(said)")
        }
    }

    @Test(arguments: [[""], ["a", "\u{3000}"], ["--vanished", " "]])
    func `a word that says nothing is not everything`(found: [String]) throws {
        let said = try words(["find"] + found)
        #expect(said.contains("a word is empty"), "\(said)")
    }

    private func words(_ arguments: [String]) throws -> String {
        let folder = ScratchDirectory.path
        try Data("archive: \(folder)/none\n".utf8).write(to: URL(filePath: "\(folder)/c.yaml"))
        let child = try Child(try Lab.binary, arguments + ["--config", "\(folder)/c.yaml"])
        let ended = child.wait()
        #expect(ended.code == 2)
        #expect(ended.output.isEmpty)
        return String(decoding: ended.errors, as: UTF8.self)
    }
}
