import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct CatalogueTests {
    private static let small = WorldRecipe(seed: 21, mailboxes: 2, messages: 12, tasks: 3)

    @Test func `a catalogue whose reader has left is not complete`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            // The writer has the pipe open, and nobody reads from it any more.
            let script = """
                mkfifo '\(lab.folder)/pipe' && exec 3<>'\(lab.folder)/pipe' &&
                exec 4>'\(lab.folder)/pipe' && exec 3<&- &&
                exec '\(try Lab.binary)' export --format csv --config '\(lab.config)' >&4
                """
            let ended = await Lab.end(of: try Child("/bin/sh", ["-c", script]))
            #expect(ended.code == 13)
            #expect(ended.errors.isEmpty, "\(String(decoding: ended.errors, as: UTF8.self))")
        }
    }

    @Test func `the catalogue has a row for each attachment in both forms`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let count = lab.server.truth().count
            let table = try await lab.expect(["export", "--format", "csv"], exit: 0).output
            #expect(table.hasPrefix("id,version,key,name,size,sha256,state,rule,kind,source,"))
            #expect(table.hasSuffix("\r\n"))
            #expect(table.split(separator: "\r\n").count == count + 1)
            let file = "\(lab.folder)/list.jsonl"
            try await lab.expect(["export", "--format", "jsonl", "--to", file], exit: 0)
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == count)
            let log = try await lab.expect(["audit", "log", "--private"], exit: 0).output
            #expect(log.contains(#""format":"csv""#))
        }
    }
}
