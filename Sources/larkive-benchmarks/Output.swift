import FoundationEssentials
import LarkiveCore
import SystemPackage

/// What people see while they wait.
enum Output {
    static func note(_ text: String) {
        // Progress that cannot be shown is no reason to stop.
        _ = try? FileDescriptor.standardError.writeAll("larkive-benchmarks: \(text)\n".utf8)
    }
}

/// The time of day as the system tells it.
struct SystemClock: WallClock {
    func now() -> Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}

extension Duration {
    var inSeconds: String { "\(components.seconds) s" }
}
