import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import larkive

/// What people type at `find`, and what they see.
@Suite(.scratchDirectory, .serialized) struct FindTests {
    private static let small = WorldRecipe(seed: 23, mailboxes: 2, messages: 30, tasks: 6)

    @Test func `names, subjects and senders are found in any script and width`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let all = try await lab.run(["find", "--json"]).jsonLines
            for row in all.prefix(12) {
                let name = try #require(row["name"]?.string)
                let wide = String(
                    String.UnicodeScalarView(
                        name.unicodeScalars.map { scalar in
                            let isPlain = (0x21...0x7E).contains(scalar.value)
                            return isPlain
                                ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar
                        }
                    )
                )
                for text in [name, wide, name.uppercased(), String(name.dropFirst().prefix(2))] {
                    let found = try await lab.run(["find", "--json", "--name", text]).jsonLines
                    #expect(found.contains { $0["id"] == row["id"] }, "\(text)")
                }
            }
        }
    }

    @Test func `a limit says how many more there are`() async throws {
        try await Lab.with(Self.small) { lab in
            try await lab.expect(["sync"], exit: 0)
            let all = try await lab.expect(["find", "--json"], exit: 0)
            #expect(all.errors.isEmpty && all.jsonLines.count > 3)
            let some = try await lab.expect(["find", "--json", "--limit", "3"], exit: 0)
            #expect(some.jsonLines == Array(all.jsonLines.prefix(3)))
            #expect(some.errors.contains("and \(all.jsonLines.count - 3) more"))
            let none = try await lab.expect(["find", "no such thing"], exit: 0)
            #expect(none.output.isEmpty && none.errors.isEmpty)
        }
    }

    @Test(arguments: [
        ["-v2"], ["-"], ["-h2o", "*"], ["\"", "-x"], ["NEAR(", "OR"], ["--", "--json"],
        ["--name", "-v2"], ["--from", "-a*", "--task", "\"-\""],
    ])
    func `what looks like an option or like syntax is a word`(words: [String]) async throws {
        try await Lab.with(WorldRecipe(seed: 24, mailboxes: 1, messages: 3, tasks: 0)) { lab in
            try await lab.expect(["sync"], exit: 0)
            let found = try await lab.expect(["find"] + words, exit: 0)
            #expect(found.errors.isEmpty)
        }
    }

    @Test(arguments: [
        ["--after", "2026-13"], ["--before", "2026-02-30"],
        ["--after", "yesterday"], ["--min-size", "-1"], ["--max-size", "99999999999999T"],
        ["--after", "2026-03", "--before", "2026-03-01"], ["--min-size", "1K", "--max-size", "9"],
        ["--sha256", "xyz"], ["--lmit", "3"],
        ["--limit", "0"], [String](repeating: "word", count: 101),
    ])
    func `what cannot be meant is refused with a hint`(words: [String]) async throws {
        let folder = ScratchDirectory.path
        try Data("archive: \(folder)/none\n".utf8).write(to: URL(filePath: "\(folder)/c.yaml"))
        let ended = try Child(
            try Lab.binary,
            ["find"] + words + ["--config", "\(folder)/c.yaml"]
        ).wait()
        #expect(ended.code == 2)
        #expect(!ended.errors.isEmpty)
    }

    @Test(arguments: [
        ("2026", "2026-01-01"), ("2026-03", "2026-03-01"), ("2026-03-05", "2026-03-05"),
        ("2024-02-29", "2024-02-29"),
    ])
    func `a day is written in three ways`(text: String, day: String) throws {
        guard case .day(let date)? = DayText(text) else {
            Issue.record("\(text) is no day")
            return
        }
        #expect(date.description == day)
        #expect(LocalTime.text(LocalTime.midnight(of: date)).hasPrefix("\(day) 00:00 "))
    }

    @Test(arguments: [
        "", "d", "-1d", "20260305", "2026-3", "2026-03-5", "2026-13", "2026-02-29", "2026-00",
        "2026-03-05T00", "0000", "３d", "2026-03-", "+7d", "99999999999999999999d",
    ])
    func `what is no day is none`(text: String) {
        #expect(DayText(text) == nil)
    }

    @Test func `days ago are counted from now`() {
        let now = Timestamp(milliseconds: 1_772_000_000_000)
        let week = DayText("7d")?.beginning(now: now)
        #expect(week == Timestamp(milliseconds: 1_772_000_000_000 - 7 * 86_400_000))
    }

    @Test(
        arguments: [
            ("2027", "2027-01-01T00:00:00.000Z"), ("2026-03", "2026-03-01T00:00:00.000Z"),
            ("2026-03-05", "2026-03-05T00:00:00.000Z"),
            ("2026-03-05T06:07:08.000Z", "2026-03-05T06:07:08.000Z"),
        ]
    )
    func `the log takes the days that find takes, in UTC, and moments`(
        text: String,
        time: String
    ) throws {
        #expect(try AuditLogCommand.time(text, "--since").description == time)
        #expect(throws: UsageError.self) { try AuditLogCommand.time("soon", "--since") }
    }

    @Test(arguments: [
        ("abc", 3), ("报价", 4), ("ＡＢ", 4), ("ｶﾞ", 2), ("e\u{301}", 1), ("👍", 2), ("❤️", 2), ("❤", 1),
        ("🇨🇳", 2), ("한", 2), ("ｱ", 1), ("…", 1), ("", 0), ("\u{301}", 0), ("👍🏽", 2),
    ])
    func `the width of a text is what a terminal gives it`(text: String, width: Int) {
        #expect(Terminal.width(text) == width)
    }

    @Test(arguments: [
        ("报价单.pdf", 10, "报价单.pdf"), ("报价单.pdf", 9, "报价单.p…"), ("报价单.pdf", 4, "报…"),
        ("报价单.pdf", 3, "报…"), ("报价单.pdf", 2, "…"), ("报价单.pdf", 1, "…"), ("a", 0, ""),
    ])
    func `a text is cut to whole characters`(text: String, columns: Int, expected: String) {
        #expect(Terminal.cut(text, to: columns) == expected)
        #expect(Terminal.width(expected) <= columns)
    }

    @Test(arguments: [
        (["find", "-v2", "a"], ["find", "a", "--", "-v2"]),
        (["find", "--name", "-v2"], ["find", "--name", "-v2"]),
        (["find", "--json", "-v2"], ["find", "--json", "--", "-v2"]),
        (["find", "--limit=3", "-x", "--", "--y"], ["find", "--limit=3", "--", "-x", "--y"]),
        (["find", "-h"], ["find", "-h"]), (["find", "a"], ["find", "a"]),
        (["sync", "-v2"], ["sync", "-v2"]),
    ])
    func `words with a dash are put where words are`(given: [String], expected: [String]) {
        #expect(DashedWords.last(given) == expected)
    }
}
