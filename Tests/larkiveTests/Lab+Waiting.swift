import FeishuSandbox
import Foundation
import LarkiveTesting

extension Lab {
    /// Whether a sanitizer watches, which keeps what was freed and a shadow of all memory.
    static var isSanitized: Bool {
        let environment = ProcessInfo.processInfo.environment
        return environment["ASAN_OPTIONS"] != nil || environment["TSAN_OPTIONS"] != nil
    }

    /// Waits for a program's end; returns the largest resident memory that was seen, in bytes.
    func peakMemory(of child: Child) async -> Int {
        let path = "/proc/\(child.id)/status"
        return await withCheckedContinuation { done in
            DispatchQueue.global().async {
                var peak = 0
                while !child.hasEnded {
                    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
                    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
                    let words = line?.split(separator: " ") ?? []
                    peak = max(peak, words.dropLast().last.flatMap { Int($0) } ?? 0)
                    usleep(2_000)
                }
                done.resume(returning: peak << 10)
            }
        }
    }
}

extension SandboxServer {
    /// Returns once the counters are as wanted; looks from a thread of its own, so that it holds
    /// up nothing.
    func wait(until isReached: @escaping @Sendable (SandboxCounters) -> Bool) async {
        await withCheckedContinuation { done in
            DispatchQueue.global().async {
                while !isReached(self.counters()) { usleep(2_000) }
                done.resume()
            }
        }
    }
}
