import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct SyncTests {
    @Test func `a first sync brings everything and the equation closes`() async throws {
        try await Lab.with { lab in
            let ended = try await lab.expect(["sync", "--json"], exit: 0)
            let summary = try #require(ended.json)
            #expect(summary["outcome"]?.string == "complete")
            #expect(summary["conditions"] == [])
            let truth = lab.server.truth()
            #expect(summary["totals"]?["listed"]?.integer == Int64(truth.count))
            for source in summary["sources"]?.array ?? [] {
                let name = try #require(source["source"]?.string)
                let expected = truth.filter { $0.sources.contains(name) }.count
                #expect(source["listed"]?.integer == Int64(expected), "\(name)")
                let parts = ["known", "archived", "failed", "skipped", "pending"]
                let sum = parts.compactMap { source[$0]?.integer }.reduce(0, +)
                #expect(source["listed"]?.integer == sum)
            }
            try await lab.expectTruth()
            try await lab.expectClean()
            let objects = try FileManager.default.subpathsOfDirectory(atPath: lab.file("objects"))
            #expect(objects.filter { $0.count == 67 }.count == Set(truth.map(\.sha256)).count)
        }
    }

    @Test func `a second run asks for ids and nothing else, and is silent`() async throws {
        try await Lab.with { lab in
            try await lab.expect(["sync"], exit: 0)
            lab.server.resetCounters()
            let ended = try await lab.expect(["sync"], exit: 0)
            #expect(ended.output == "")
            #expect(ended.errors == "")
            let counters = lab.server.counters()
            #expect(counters.calls(.downloadURL) == 0)
            #expect(counters.calls(.taskAttachment) == 0)
            #expect(counters.calls(.message) == 0)
            #expect(counters.calls(.link) == 0)
            #expect(counters.bytesServed == 0)
            // One draft in each mailbox is read again.
            let drafts = lab.server.world.mailboxes.values.filter { !$0.ids(in: "DRAFT").isEmpty }
                .count
            #expect(counters.calls(.batchGet) == drafts)
        }
    }

    @Test func `an attachment whose file token is held is adopted`() async throws {
        try await Lab.with { lab in
            let ended = try await lab.expect(["sync", "--json"], exit: 0)
            let tokens = lab.server.truth().compactMap { $0.task?.fileToken }
            let twice = tokens.count - Set(tokens).count
            #expect(twice > 0)
            #expect(ended.json?["totals"]?["adopted"]?.integer == Int64(twice))
        }
    }

    @Test func `what comes and changes later is brought by the next run`() async throws {
        try await Lab.with { lab in
            try await lab.expect(["sync"], exit: 0)
            try lab.server.change { world in
                let address = try #require(world.mailboxes.keys.min())
                let draft = try #require(world.mailboxes[address]?.ids(in: "DRAFT").first)
                world.mailboxes[address]?.attach(
                    World.MailAttachment(
                        id: "added0000000000000000000001",
                        name: "新附件.txt",
                        content: .text("later")
                    ),
                    to: draft
                )
                let task = try #require(world.tasks.tasks.first { !$0.attachments.isEmpty })
                var upload = try #require(task.attachments.first)
                upload.content = .text("another content")
                upload.fileToken = "boxOther"
                world.tasks.replace(upload)
            }
            let ended = try await lab.expect(["sync", "--json"], exit: 0)
            #expect(ended.json?["totals"]?["archived"]?.integer == 2)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    @Test func `a dry run counts what is new and writes nothing`() async throws {
        try await Lab.with { lab in
            let before = try lab.tree()
            let ended = try await lab.expect(["sync", "--dry-run", "--json"], exit: 0)
            #expect(try lab.tree() == before)
            #expect(ended.json?["new"]?.integer == Int64(lab.server.truth().count))
        }
    }

    @Test func `rebuild makes the same rows from the log alone`() async throws {
        try await Lab.with { lab in
            lab.server.setFaults([
                SandboxFault(.downloadURL, when: FaultMatcher(times: 3), .failedIDs([]))
            ])
            try await lab.expect(["sync"], exit: 3)
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            let before = try await lab.expect(["manifest", "dump", "--json"], exit: 0).output
            #expect(before.split(separator: "\n").count > 100)
            try FileManager.default.removeItem(atPath: lab.file("manifest.sqlite"))
            try await lab.expect(["rebuild"], exit: 0)
            #expect(try await lab.expect(["manifest", "dump", "--json"], exit: 0).output == before)
            try await lab.expectClean()
        }
    }

    @Test(arguments: [(SIGTERM, Int32(143)), (SIGINT, Int32(130)), (SIGHUP, Int32(129))])
    func `a stopped run seals what it has, and the next one finishes`(
        signal: Int32,
        code: Int32
    ) async throws {
        try await Lab.with { lab in
            lab.server.setFaults([
                SandboxFault(
                    .link,
                    when: FaultMatcher(skip: 20),
                    .stall(after: 1, lasts: .seconds(60))
                )
            ])
            let child = try lab.start(["sync"])
            await lab.server.wait { $0.calls(.link) >= 25 }
            child.send(signal)
            #expect(await Lab.end(of: child).code == code)
            let status = try await lab.expect(["status", "--json"], exit: 0).json
            #expect(status?["last_run"]?["outcome"]?.string == "interrupted")
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    @Test func `half a gigabyte passes through without being held in memory`() async throws {
        let recipe = WorldRecipe(seed: 9, mailboxes: 1, messages: 3, tasks: 0)
        try await Lab.with(recipe) { world in
            let address = try #require(world.mailboxes.keys.min())
            var message = World.Message(
                id: "TGFyZ2U=",
                subject: "母带",
                from: World.Person(name: "P", address: "p@x.example"),
                date: Moment(milliseconds: 1_770_000_000_000),
                text: "x",
                attachments: []
            )
            message.attachments.append(
                World.MailAttachment(
                    id: "large",
                    name: "母带.mov",
                    content: .generated(seed: 1, id: 1, count: 512 << 20),
                    kind: .oversized
                )
            )
            world.mailboxes[address]?.add(message)
        } _: { lab in
            let child = try lab.start(["sync"])
            let peak = await lab.peakMemory(of: child)
            #expect(child.wait().code == 0)
            #expect(peak > 1 << 20)
            #expect(peak < 110 << 20 || Lab.isSanitized, "\(peak >> 20) MiB")
            try await lab.expectTruth()
        }
    }

    @Test func `with tiers on no call is throttled`() async throws {
        let recipe = WorldRecipe(seed: 5, mailboxes: 1, messages: 12, tasks: 3)
        try await Lab.with(recipe, tiers: true) { lab in
            try lab.configure(pacing: "on")
            try await lab.expect(["sync"], exit: 0)
            #expect(lab.server.counters().totalThrottled == 0)
            try await lab.expectTruth()
        }
    }
}
