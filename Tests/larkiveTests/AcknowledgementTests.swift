import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory) struct AcknowledgementTests {
    @Test func `every committed file is told, once for each attachment, and is there`() async throws
    {
        try await Lab.with { lab in
            let run = try await lab.expect(["sync", "--ack-fd", "2"], exit: 0)
            let told = run.errors.split(separator: "\n").map(String.init).sorted()
            #expect(told == lab.server.truth().map(\.sha256).sorted())
            for digest in told {
                let path = lab.file("objects/\(digest.prefix(2))/\(digest)")
                #expect(FileManager.default.fileExists(atPath: path))
            }
        }
    }

    @Test func `a reader that is gone stops nothing`() async throws {
        try await Lab.with { lab in
            // No other test can have one of that number open while the program is started.
            try await lab.expect(["sync", "--ack-fd", "2147483647"], exit: 2)
            let words = "exec \(try Lab.binary) --config \(lab.config) sync --ack-fd 7 7> >(exit 0)"
            let ended = await Lab.end(of: try Child("/bin/bash", ["-c", words]))
            #expect(ended.code == 0)
            try await lab.expectTruth()
        }
    }
}
