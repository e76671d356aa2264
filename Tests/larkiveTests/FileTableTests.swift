import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import larkive

/// The table of `find` on terminals of all widths.
@Suite(.scratchDirectory, .serialized) struct FileTableTests {
    @Test(arguments: [
        (120, [0, 1, 2, 3, 4, 5]), (80, [0, 1, 2, 3, 4, 5]), (79, [0, 1, 2, 3, 5]),
        (66, [0, 1, 2, 3, 5]), (65, [0, 1, 3, 5]), (56, [0, 1, 3, 5]), (55, [0, 3, 5]),
        (32, [0, 3, 5]), (31, [0, 3]), (8, [0, 3]),
    ])
    func `a table is never wider than its terminal`(columns: Int, shown: [Int]) {
        let layout = FileTable.Layout([4, 22, 8, 90, 40, 8], fitting: columns)
        #expect(layout.shown.map(\.column) == shown)
        let width = layout.shown.map(\.width).reduce(0, +)
        #expect(width + 2 * (shown.count - 1) <= columns)
        #expect(layout.shown.allSatisfy { $0.width > 0 })
    }

    @Test func `what fits is not cut`() {
        let layout = FileTable.Layout([4, 22, 8, 20, 9, 0], fitting: 80)
        #expect(layout.shown.map(\.width) == [4, 22, 8, 20, 9])
        let short = FileTable.Layout([1, 1, 3, 9, 3, 6], fitting: 33)
        #expect(short.shown.map(\.width) == [1, 1, 3, 9, 3, 6])
    }

    /// The last of more rows than a page has is the only long one, and the only one that failed.
    @Test(arguments: [40, 120])
    func `rows beyond the first page have their say`(columns: Int) async throws {
        let recipe = WorldRecipe(seed: 24, mailboxes: 1, messages: 4, tasks: 0)
        try await Lab.with(recipe) { lab in
            try await lab.expect(["sync"], exit: 0)
            let name = "a-name-that-is-as-long-as-this.pdf"
            try lab.change(
                """
                DROP TABLE IF EXISTS search;
                UPDATE version SET name = 'x';
                CREATE TEMP TABLE more AS SELECT value AS i FROM generate_series(1000, 2100);
                INSERT INTO attachment SELECT i, 'k' || i, kind, source, message_id, task_guid, id,
                    CASE i WHEN 2100 THEN 'failed' ELSE state END, rule, version, type, inline,
                    cid, uploader, uploaded, first_seen, vanished FROM attachment, more WHERE n = 1;
                INSERT INTO version SELECT i, n, CASE i WHEN 2100 THEN '\(name)' ELSE name END,
                    size, file_token, digest, how, held_at, held_run FROM version, more
                    WHERE attachment = 1;
                """
            )
            let shown = try await onTerminal(lab, columns, ["find", "--limit", "5000"])
            #expect(shown.count > 1_100)
            #expect(shown.allSatisfy { Terminal.width(String($0)) <= columns })
            let last = try #require(shown.first { $0.hasPrefix("2100 ") })
            #expect(last.hasSuffix("failed"))
            #expect(columns < 100 || last.contains(name))
        }
    }

    private func onTerminal(
        _ lab: Lab,
        _ columns: Int,
        _ words: [String]
    ) async throws -> [Substring] {
        let play = """
            import fcntl, os, pty, struct, sys, termios
            child, terminal = pty.fork()
            if child == 0:
                fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
                os.execv(sys.argv[2], sys.argv[2:])
            try:
                while text := os.read(terminal, 65536): os.write(1, text)
            except OSError: pass
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            """
        let program = [try Lab.binary, "--config", lab.config]
        let arguments = ["python3", "-c", play, String(columns)] + program + words
        let ended = await Lab.end(of: try Child("/usr/bin/env", arguments))
        #expect(ended.code == 0)
        let text = String(decoding: ended.output, as: UTF8.self)
        return text.split(separator: "\r\n").filter { !$0.hasPrefix("larkive: ") }
    }
}
