import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct HonestOutputTests {
    private static let small = WorldRecipe(seed: 11, mailboxes: 2, messages: 12, tasks: 4)

    /// What a terminal may obey, but for the end of a line.
    private static let obeyed = Set<UInt32>(
        Array(0..<0x0A) + Array(0x0B..<0x20) + Array(0x7F..<0xA0) + Array(0x2028...0x202E)
    )

    @Test func `no secret and no link is written anywhere`() async throws {
        try await Lab.with(Self.small) { lab in
            let ended = try await lab.expect(["sync", "--json"], exit: 0)
            var texts = [ended.output, ended.errors]
            texts.append(try await lab.expect(["audit", "log", "--private"], exit: 0).output)
            texts.append(try await lab.expect(["manifest", "dump"], exit: 0).output)
            for text in texts {
                #expect(!text.contains("sandbox-secret-not-real"))
                #expect(!text.contains("authcode"))
                #expect(!text.contains("Bearer"))
                #expect(!text.contains("t-"), "a token begins with t-")
            }
            #expect(lab.server.counters().authorizationOnLinkHost == 0)
            #expect(lab.server.counters().head == 0)
            #expect(lab.server.counters().range == 0)
        }
    }

    @Test func `hostile names stay inside the folder and off the terminal`() async throws {
        let names = [
            "../../etc/cron.d/x", "a\u{202E}gpj.exe", "\u{1B}[31mred", "-rf", "", "é.txt",
            "e\u{301}.txt", "\u{9B}2J", "line\u{2028}para\u{2029}next\u{85}.txt",
        ]
        try await Lab.with(Self.small) { world in
            let address = try #require(world.mailboxes.keys.min())
            let sender = World.Person(name: "M", address: "m@x.example")
            var message = World.Message(
                id: "SG9zdGlsZQ==",
                subject: "hostile",
                from: sender,
                date: Moment(milliseconds: 1_770_000_000_000),
                text: "x",
                attachments: []
            )
            for (index, name) in names.enumerated() {
                message.attachments.append(
                    World.MailAttachment(
                        id: "hostile\(index)",
                        name: name,
                        content: .text("content \(index)")
                    )
                )
            }
            world.mailboxes[address]?.add(message)
        } _: { lab in
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            let rows = try await lab.run("find", "--json", "--message", "SG9zdGlsZQ==").jsonLines
            #expect(rows.count == names.count)
            #expect(Set(rows.compactMap { $0["name"]?.string }).count == Set(names).count)
            let shown = try await lab.run("find", "--message", "SG9zdGlsZQ==").output
            #expect(!shown.contains("\u{1B}") && !shown.contains("\u{202E}"))
            let commands = [
                ["find", "--json"], ["export", "--format", "jsonl"], ["manifest", "dump"],
                ["audit", "log", "--private"],
                ["show", "\(rows[0]["id"]?.integer ?? 0)", "--json"],
            ]
            for command in commands {
                let printed = try await lab.expect(command, exit: 0).output
                #expect(printed.unicodeScalars.allSatisfy { !Self.obeyed.contains($0.value) })
            }
            let before = try FileManager.default.contentsOfDirectory(atPath: lab.folder).sorted()
            let keys = rows.compactMap { $0["id"]?.integer }.map(String.init)
            try await lab.expect(["restore"] + keys + ["--to", "\(lab.folder)/out"], exit: 0)
            let after = try FileManager.default.contentsOfDirectory(atPath: lab.folder).sorted()
            #expect(after == (before + ["out"]).sorted())
            let written = try FileManager.default.contentsOfDirectory(atPath: "\(lab.folder)/out")
            #expect(written.count == names.count + 1, "\(written)")
            try await lab.expectClean()
        }
    }

    @Test func `output that is lost is an error, a reader that has enough is none`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let program = "'\(try Lab.binary)' --config '\(lab.config)' manifest dump"
            let full = try Child("/bin/sh", ["-c", "\(program) > /dev/full"])
            #expect(await Lab.end(of: full).code == 13)
            let enough = try Child(
                "/bin/bash",
                ["-c", "\(program) | head -n 1; exit ${PIPESTATUS[0]}"]
            )
            #expect(await Lab.end(of: enough).code == 0)
        }
    }

    @Test func `verify leaves what is wrong as it is`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let note = lab.file("audit/tlog/checkpoint")
            let good = try Data(contentsOf: URL(filePath: note))
            let bad = good.dropLast(8) + Data("AAAAAA=\n".utf8)
            try bad.write(to: URL(filePath: note))
            for _ in 0..<2 { try await lab.expect(["verify"], exit: 15) }
            try await lab.expect(["sync"], exit: 15)
            #expect(try Data(contentsOf: URL(filePath: note)) == bad)
            try good.write(to: URL(filePath: note))
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectClean()
        }
    }
}
