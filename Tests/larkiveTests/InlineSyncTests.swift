import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct InlineSyncTests {
    private static let small = WorldRecipe(seed: 11, mailboxes: 1, messages: 30, tasks: 0)

    @Test func `files that come inside of answers need no link`() async throws {
        try await Lab.with(Self.small) {
            $0.quirks.inlineBodiesUpTo = 40 << 20
        } _: { lab in
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            try await lab.expectClean()
            // Only oversized and empty files have to be fetched.
            let rest = lab.server.truth().filter { $0.mail?.kind != .ordinary || $0.size == 0 }
            #expect(lab.server.counters().linkUses == rest.count)
            let shown = try await lab.expect(["audit", "log"], exit: 0).output
            #expect(shown.contains(#""via":"inline""#))
        }
    }

    @Test(arguments: [
        InlineFlaw.invalid, .null, .empty, .padding, .whitespace, .plainAlphabet, .number,
    ])
    func `files that come inside of answers and are flawed are fetched`(
        flaw: InlineFlaw
    ) async throws {
        try await Lab.with(Self.small) { world in
            world.quirks.inlineBodiesUpTo = 40 << 20
            world.faults = [SandboxFault(.batchGet, .inlineBodies(flaw))]
        } _: { lab in
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            try await lab.expectClean()
            #expect(lab.server.counters().linkUses > 10)
        }
    }

    @Test func `an answer of 700 MB does not grow the program by 96 MiB`() async throws {
        let empty = WorldRecipe(seed: 11, mailboxes: 1, messages: 0, tasks: 0)
        try await Lab.with(empty) {
            $0.quirks.inlineBodiesUpTo = 40 << 20
        } _: { lab in
            let usual = await lab.peakMemory(of: try lab.start(["sync"]))
            let address = try #require(lab.server.world.mailboxes.keys.first)
            lab.server.change { world in
                for number in 1...20 { world.mailboxes[address]?.add(.large(number)) }
            }
            lab.server.resetCounters()
            let peak = await lab.peakMemory(of: try lab.start(["sync"]))
            #expect(lab.server.counters().calls(.batchGet) == 1)
            #expect(lab.server.counters().linkUses == 0)
            let isSmall = peak - usual < 96 << 20
            #expect(isSmall || Lab.isSanitized, "\(usual >> 20) MiB, then \(peak >> 20) MiB")
            let held = try await lab.run("find", "--json", "large").jsonLines
            #expect(held.count { $0["state"] == "held" && $0["size"] == 35_000_000 } == 20)
        }
    }
}

extension World.Message {
    /// One with a file of 35 MB.
    fileprivate static func large(_ number: Int) -> World.Message {
        let file = World.MailAttachment(
            id: "large\(number)",
            name: "large\(number).bin",
            content: .generated(seed: 7, id: UInt64(number), count: 35_000_000)
        )
        return World.Message(
            id: "large\(number)",
            subject: "large",
            from: World.Person(name: "A", address: "a@xinghe.example"),
            date: Moment(milliseconds: 1_760_000_000_000),
            attachments: [file]
        )
    }
}
