import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// The manifest in trouble, as its operator meets it.
@Suite(.scratchDirectory, .serialized) struct ManifestTroubleTests {
    private static let small = WorldRecipe(seed: 11, mailboxes: 1, messages: 6, tasks: 2)

    @Test func `verify gives its verdict where no room is left for a second manifest`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let line = #"trap '' XFSZ; ulimit -f 1; exec "$@""#
            let child = try Child(
                "/bin/bash",
                ["-c", line, "-", try Lab.binary, "--config", lab.config, "verify", "--json"],
                environment: lab.environmentUnderLimit
            )
            let ended = await Lab.end(of: child)
            #expect(ended.code == 0, "\(String(decoding: ended.errors, as: UTF8.self))")
            let verdict = try JSONReader.read(ended.output)
            #expect(verdict["ok"] == true)
            #expect(verdict["checked"]?["objects"]?.integer ?? 0 > 0)
            let left = try FileManager.default.contentsOfDirectory(atPath: lab.file("staging"))
            #expect(left.filter { $0.hasPrefix("look-") } == [])
        }
    }

    @Test(arguments: ["run", "attachment_message", "ledger", "sighting"])
    func `a sync that meets a malformed manifest says how to mend it, and has an end`(
        table: String
    ) async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let place = Child.Ended.text(
                try Child(
                    "/usr/bin/env",
                    [
                        "sqlite3", lab.file("manifest.sqlite"),
                        "SELECT rootpage, (SELECT page_size FROM pragma_page_size) "
                            + "FROM sqlite_master WHERE name = '\(table)'",
                    ]
                ).wait()
            ).split(whereSeparator: { $0 == "|" || $0 == "\n" }).compactMap { UInt64($0) }
            try #require(place.count == 2)
            let file = try FileHandle(forWritingTo: URL(filePath: lab.file("manifest.sqlite")))
            try file.seek(toOffset: (place[0] - 1) * place[1])
            try file.write(contentsOf: Data(repeating: 0xA5, count: Int(place[1])))
            try file.close()
            let ended = try await lab.expect(["sync"], exit: 7)
            #expect(ended.errors.contains("larkive rebuild"))
            try await lab.expect(["rebuild"], exit: 0)
            let records = try await lab.expect(["audit", "log"], exit: 0).jsonLines
            let types = records.compactMap { $0["type"]?.string }
            #expect(types.filter { $0 == "run.finished" }.count == 2)
            try await lab.expect(["verify"], exit: 0)
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectClean()
        }
    }

    @Test func `status warns of a last run that seems to have ended in the future`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            #expect(
                try await lab.expect(["status", "--json"], exit: 0).json?["clock_ahead"] == false
            )
            let sql = "UPDATE run SET finished = '2999-01-01T00:00:00.000Z'"
            let child = try Child("/usr/bin/env", ["sqlite3", lab.file("manifest.sqlite"), sql])
            #expect(child.wait().code == 0)
            #expect(
                try await lab.expect(["status", "--json"], exit: 0).json?["clock_ahead"] == true
            )
            let shown = try await lab.expect(["status"], exit: 0).output
            #expect(shown.contains("CLOCK          that is in the future"))
        }
    }

    @Test func `objects that only wait for repair are open problems`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let objects = lab.file("objects")
            let files = try FileManager.default.subpathsOfDirectory(atPath: objects)
                .filter { $0.count > 10 }
            for name in files { try FileManager.default.removeItem(atPath: "\(objects)/\(name)") }
            try await lab.expect(["verify"], exit: 7)
            let lines = try await lab.expect(["problems", "--json"], exit: 0).jsonLines
            #expect(lines.count == files.count)
            #expect(lines.allSatisfy { $0["state"] == "damaged" && $0["hint"] != nil })
            let shown = try await lab.expect(["problems"], exit: 0).output
            #expect(shown.contains("hint: see whether Feishu still has it: larkive repair"))
            #expect(!shown.contains("no open problems"))
            try await lab.expect(["repair"], exit: 0)
            #expect(try await lab.expect(["problems"], exit: 0).output == "no open problems\n")
        }
    }
}

extension Child.Ended {
    fileprivate static func text(_ ended: Child.Ended) -> String {
        String(decoding: ended.output, as: UTF8.self)
    }
}
