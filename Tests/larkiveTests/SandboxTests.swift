import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import larkive

/// What a run may write to, and what it may not, as the kernel sees it.
@Suite(.scratchDirectory, .serialized) struct SandboxTests {
    private static let small = WorldRecipe(seed: 11, mailboxes: 1, messages: 4, tasks: 2)

    /// What is inherited by threads is told by one bit that is set together with it.
    @Test func `a run under the sandbox archives all, and every thread is within it`() async throws
    {
        guard Sandbox.abi != nil else { return }
        try await Lab.with(Self.small) { lab in
            lab.server.setFaults([SandboxFault(.link, .stall(after: 0, lasts: .seconds(60)))])
            let child = try lab.start(["sync"])
            await lab.server.wait { $0.calls(.link) > 0 || child.hasEnded }
            let threads = try FileManager.default.contentsOfDirectory(
                atPath: "/proc/\(child.id)/task"
            )
            #expect(threads.count > 1)
            for thread in threads {
                let path = "/proc/\(child.id)/task/\(thread)/status"
                let status = try String(contentsOfFile: path, encoding: .utf8)
                #expect(status.contains("NoNewPrivs:\t1"), "thread \(thread)")
            }
            child.send(SIGTERM)
            await Lab.end(of: child)
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    /// On a thread of its own, since the kernel restricts threads: the rest of the tests stay free.
    @Test func `a thread in the sandbox writes where it may, and nowhere else`() async throws {
        guard Sandbox.abi != nil else { return }
        let folder = ScratchDirectory.path
        let (inside, outside) = ("\(folder)/inside", "\(folder)/outside")
        for path in [inside, outside, "\(inside)/deep"] { mkdir(path, 0o700) }
        try Data("old".utf8).write(to: URL(filePath: "\(outside)/old"))
        let found = await withCheckedContinuation { done in
            let thread = Thread {
                done.resume(returning: Result { try Self.probe(inside, outside) })
            }
            thread.start()
        }
        #expect(
            try found.get()
                == Probe(inside: [0, 0, 0, 0], outside: [EACCES, EACCES, EACCES, EACCES])
        )
        #expect(try String(contentsOfFile: "\(outside)/old", encoding: .utf8) == "old")
    }

    private struct Probe: Equatable {
        /// Errors of making, writing over, linking into and removing.
        let inside: [Int32]
        let outside: [Int32]
    }

    private static func probe(_ inside: String, _ outside: String) throws -> Probe {
        _ = try Sandbox.restrict(toWriting: [inside])
        func error(_ result: Int32) -> Int32 { result < 0 ? errno : 0 }
        func tries(_ folder: String, _ old: String) -> [Int32] {
            let made = error(open("\(folder)/made", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
            let written = error(open(old, O_WRONLY | O_TRUNC | O_CLOEXEC))
            let linked = error(link("\(inside)/own", "\(folder)/deep.link"))
            return [made, written, linked, error(unlink(old))]
        }
        close(open("\(inside)/own", O_CREAT | O_WRONLY, 0o600))
        close(open("\(inside)/old", O_CREAT | O_WRONLY, 0o600))
        return Probe(
            inside: tries(inside, "\(inside)/old"),
            outside: tries(outside, "\(outside)/old")
        )
    }
}
