import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// What leaves the platform stays in the archive, and is said to have left only when that is known.
@Suite(.scratchDirectory, .serialized) struct RebuiltAbsenceTests {
    @Test func `a rebuilt manifest remembers what vanished, moved and came back`() async throws {
        try await Lab.with(AbsenceTests.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (address, lines) = try AbsenceTests.mail(lab)
            let ids = Array(Set(lines.compactMap { $0.mail?.messageID })).sorted()
            let before = try #require(lab.server.world.mailboxes[address])
            lab.server.change { world in
                world.mailboxes[address]?.remove(ids[0])
                world.mailboxes[address]?.remove(ids[1])
                world.mailboxes[address]?.move(ids[2], to: "TRASH")
            }
            try await lab.expect(["sync"], exit: 0)
            lab.server.change { world in
                world.mailboxes[address] = before
                world.mailboxes[address]?.remove(ids[1])
            }
            try await lab.expect(["sync"], exit: 0)
            let dump = try await lab.expect(["manifest", "dump", "--json"], exit: 0).output
            try FileManager.default.removeItem(atPath: lab.file("manifest.sqlite"))
            try await lab.expect(["rebuild"], exit: 0)
            #expect(try await lab.expect(["manifest", "dump", "--json"], exit: 0).output == dump)
        }
    }
}
