import Dispatch
import Glibc
import LarkiveCore
import Synchronization

/// The first TERM, INT or HUP stops a run cleanly, the second at once; PIPE and XFSZ do nothing.
final class Signals: Sendable {
    private static let stopping: [(signal: Int32, code: LarkiveCore.ExitCode)] = [
        (SIGTERM, .terminate), (SIGINT, .interrupt), (SIGHUP, .hangup),
    ]

    private let first = Mutex<LarkiveCore.ExitCode?>(nil)

    /// Those that would end the process for a closed pipe or a full disk.
    static func ignoreDeadly() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    func watch(_ stop: @escaping @Sendable (LarkiveCore.ExitCode) -> Void) {
        for (number, code) in Self.stopping {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self] in take(code, stop) }
            source.resume()
            // It watches until the process ends; nobody else holds it.
            _ = Unmanaged.passRetained(source as AnyObject)
        }
    }

    private func take(
        _ code: LarkiveCore.ExitCode,
        _ stop: (LarkiveCore.ExitCode) -> Void
    ) {
        let isFirst = first.withLock { first in
            defer { first = first ?? code }
            return first == nil
        }
        guard isFirst else { _exit(code.rawValue) }
        Terminal.note("stopping; a second signal stops at once")
        stop(code)
    }
}
