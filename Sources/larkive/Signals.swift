import CLinux
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

    /// For commands that can be ended at any moment, since all that they write is written so that
    /// dying leaves nothing half-done.
    func endAtOnce() {
        watch { code in
            Terminal.note("stopped")
            _exit(code.rawValue)
        }
    }

    /// A queue of its own: a signal is heard however busy all others are.
    ///
    /// What is ignored when the program starts stays ignored: `nohup` and a shell's background jobs
    /// mean it so. To be called once, since from here on all of them are taken from the system.
    func watch(_ stop: @escaping @Sendable (LarkiveCore.ExitCode) -> Void) {
        let queue = DispatchQueue(label: "signals")
        for (number, code) in Self.stopping where lk_is_ignored(number) != 1 {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
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
        stop(code)
    }
}

/// A command that has something to finish when it is stopped, and watches for it itself.
protocol StopsCleanly: SendableMetatype {}

/// Something that happens once, seen by all.
final class StopMark: Sendable {
    private let value = Mutex(false)

    var isRaised: Bool { value.withLock { $0 } }
    func raise() { value.withLock { $0 = true } }
}

/// What a signal ends: nothing yet, and later a run.
final class Stoppable: Sendable {
    private let end = Mutex<(@Sendable (LarkiveCore.ExitCode) -> Void)?>(nil)

    /// From now on a signal does this.
    func set(_ stop: @escaping @Sendable (LarkiveCore.ExitCode) -> Void) {
        end.withLock { $0 = stop }
    }

    /// Before there is anything to finish the end comes at once: nothing was accepted yet.
    func stop(_ code: LarkiveCore.ExitCode) {
        guard let end = end.withLock({ $0 }) else { _exit(code.rawValue) }
        Terminal.note("stopping; a second signal stops at once")
        end(code)
    }
}
